-- Where each tenant's rows live. In the database of the control plane a row says where the tenant is;
-- in a tenant's own database the same row is the fence that lets requests in or keeps them out.
ALTER TABLE tenants
  ADD COLUMN model text NOT NULL DEFAULT 'shared',
  -- The schema of models shared and schema, the database of model database.
  ADD COLUMN home  text NOT NULL DEFAULT 'app',
  -- Counts the homes a tenant has had. A process that still knows an older one is refused.
  ADD COLUMN epoch integer NOT NULL DEFAULT 1,
  ADD CONSTRAINT tenants_placement_check CHECK (
    (model = 'shared' AND home = 'app')
    OR (model IN ('schema', 'database') AND home ~ '^t_[a-z0-9]{1,40}$')),
  DROP CONSTRAINT tenants_status_check,
  ADD CONSTRAINT tenants_status_check CHECK (status IN ('active', 'suspended', 'moving'));
-- Two tenants in a home that promises one would be the worst mistake: the database refuses it.
CREATE UNIQUE INDEX tenants_own_home ON tenants (model, home) WHERE model <> 'shared';

-- Every home beside the shared one, from its first table until it is purged.
CREATE TABLE homes (
  model     text NOT NULL CHECK (model IN ('schema', 'database')),
  home      text NOT NULL CHECK (home ~ '^t_[a-z0-9]{1,40}$'),
  -- The tenant that will live there, known before anyone signs up: assigning is then one UPDATE.
  tenant_id uuid NOT NULL DEFAULT gen_random_uuid(),
  -- Set once all migrations are applied; taken_at when a tenant or a move got it.
  ready_at  timestamptz,
  taken_at  timestamptz,
  PRIMARY KEY (model, home)
);

CREATE TABLE tenant_moves (
  id            uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  tenant_id     uuid NOT NULL REFERENCES tenants (id),
  from_model    text NOT NULL,
  from_home     text NOT NULL,
  to_model      text NOT NULL,
  to_home       text NOT NULL,
  -- Each state is written after its step, so the next run knows where to go on.
  state         text NOT NULL DEFAULT 'planned' CHECK (state IN
                  ('planned', 'ready', 'frozen', 'copied', 'switched', 'closed', 'done',
                   'undone', 'purged', 'failing', 'failed')),
  -- The move that this one takes back.
  undoes        uuid REFERENCES tenant_moves (id),
  -- What the tenant's status is put back to.
  status_before text NOT NULL,
  -- Counts and content sums of both homes; see src/db/proof.ts.
  proof         jsonb,
  error         text,
  started_at    timestamptz NOT NULL DEFAULT now(),
  frozen_at     timestamptz,
  ended_at      timestamptz,
  -- Until then the old home stays, and the move can be undone.
  keep_until    timestamptz
);
CREATE UNIQUE INDEX tenant_moves_open ON tenant_moves (tenant_id)
  WHERE state IN ('planned', 'ready', 'frozen', 'copied', 'switched', 'closed');
CREATE INDEX tenant_moves_tenant ON tenant_moves (tenant_id, started_at DESC);

-- During a move the tenant's people can still sign in and read.
CREATE OR REPLACE FUNCTION tenant_by_slug(wanted text) RETURNS uuid
  LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
  AS $$ SELECT id FROM control.tenants WHERE slug = wanted AND status IN ('active', 'moving') $$;

-- Nothing for a suspended tenant: one with a database of its own is kept out by this.
CREATE FUNCTION placement_of(tenant uuid) RETURNS TABLE (model text, home text, epoch integer)
  LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
  AS $$ SELECT t.model, t.home, t.epoch FROM control.tenants t
        WHERE t.id = tenant AND t.status <> 'suspended' $$;

-- Begins every transaction of a tenant, in the database where its rows are. Refuses with TN001 a
-- caller whose placement is old, with TN002 a writer while the tenant is moved, with TN003 everyone
-- while it is suspended. VOLATILE, so that the row is read after the lock and not as of before it.
CREATE FUNCTION enter_tenant(tenant uuid, expected integer, writing boolean) RETURNS void
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
  AS $$
DECLARE
  now_epoch  integer;
  now_status text;
BEGIN
  -- Held to the end of the transaction. The mover takes the exclusive one and so waits for writers.
  IF writing AND NOT pg_try_advisory_xact_lock_shared(hashtextextended(tenant::text, 0)) THEN
    RAISE EXCEPTION 'the tenant is being moved' USING ERRCODE = 'TN002';
  END IF;
  SELECT t.epoch, t.status INTO now_epoch, now_status FROM control.tenants t WHERE t.id = tenant;
  IF now_epoch IS DISTINCT FROM expected THEN
    RAISE EXCEPTION 'the tenant is no longer here' USING ERRCODE = 'TN001';
  ELSIF now_status = 'suspended' THEN
    RAISE EXCEPTION 'the tenant is suspended' USING ERRCODE = 'TN003';
  ELSIF writing AND now_status <> 'active' THEN
    RAISE EXCEPTION 'the tenant is being moved' USING ERRCODE = 'TN002';
  END IF;
END $$;

-- Names of homes, and nothing about who lives there.
CREATE FUNCTION all_homes() RETURNS TABLE (model text, home text)
  LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
  AS $$ SELECT h.model, h.home FROM control.homes h WHERE h.ready_at IS NOT NULL
        ORDER BY h.model DESC, h.home $$;

REVOKE ALL ON FUNCTION placement_of(uuid), enter_tenant(uuid, integer, boolean), all_homes()
  FROM PUBLIC;
GRANT EXECUTE ON FUNCTION placement_of(uuid), enter_tenant(uuid, integer, boolean) TO app_user;
GRANT EXECUTE ON FUNCTION all_homes() TO app_user, app_platform;
