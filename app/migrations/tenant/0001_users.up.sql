-- Runs once per tenant home with search_path = that home's schema: no table name is qualified here.
CREATE TABLE users (
  tenant_id     uuid NOT NULL,
  id            uuid NOT NULL,
  -- Lower case by constraint, not by an index on lower(email): lower() is not leakproof, so such an
  -- index would not be used under row-level security.
  email         text NOT NULL CHECK (email = lower(email)),
  name          text NOT NULL,
  status        text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'disabled')),
  password_hash text NOT NULL,
  created_at    timestamptz NOT NULL DEFAULT now(),
  -- Keys lead with the tenant: unique checks ignore row-level security and would tell what others own.
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, email)
);
CREATE INDEX users_status_created ON users (tenant_id, status, created_at DESC);

CREATE TABLE audit_outbox (
  tenant_id  uuid NOT NULL,
  id         uuid NOT NULL,
  at         timestamptz NOT NULL DEFAULT now(),
  category   text NOT NULL CHECK (category IN
               ('authentication', 'authorization', 'data_access', 'config_change', 'security')),
  action     text NOT NULL,
  actor_id   uuid,
  object     text,
  outcome    text NOT NULL CHECK (outcome IN ('success', 'failure', 'not_found')),
  ip         inet,
  request_id text NOT NULL,
  sent_at    timestamptz,
  PRIMARY KEY (tenant_id, id)
);
-- The relay asks only for unsent rows, and they are few.
CREATE INDEX audit_outbox_unsent ON audit_outbox (id) WHERE sent_at IS NULL;
CREATE INDEX audit_outbox_sent ON audit_outbox (sent_at) WHERE sent_at IS NOT NULL;

-- `open` gives no right by itself (rights come from GRANT); `tenant` is RESTRICTIVE, so no later
-- permissive policy can widen it. `(SELECT …)` is evaluated once per statement, not per row. An unset
-- tenant reads as NULL or as '' (after a transaction): both match no row.
ALTER TABLE users ENABLE ROW LEVEL SECURITY;
ALTER TABLE users FORCE ROW LEVEL SECURITY;
CREATE POLICY open ON users FOR ALL TO PUBLIC USING (true);
CREATE POLICY tenant ON users AS RESTRICTIVE FOR ALL TO PUBLIC
  USING      (tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::uuid))
  WITH CHECK (tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::uuid));

ALTER TABLE audit_outbox ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_outbox FORCE ROW LEVEL SECURITY;
CREATE POLICY open ON audit_outbox FOR ALL TO PUBLIC USING (true);
CREATE POLICY tenant ON audit_outbox AS RESTRICTIVE FOR ALL TO PUBLIC
  USING      (tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::uuid))
  WITH CHECK (tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::uuid));

GRANT SELECT, INSERT, UPDATE, DELETE ON users TO app_user;
-- The running application can add to its audit trail and can neither read nor change it.
GRANT INSERT ON audit_outbox TO app_user;
GRANT SELECT, DELETE, UPDATE (sent_at) ON audit_outbox TO app_platform;
