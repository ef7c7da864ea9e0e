-- Runs with search_path = control. The control schema holds no tenant's own rows.
CREATE TABLE tenants (
  id         uuid PRIMARY KEY,
  slug       text NOT NULL UNIQUE CHECK (slug ~ '^[a-z][a-z0-9-]{1,30}$'),
  name       text NOT NULL,
  status     text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'suspended')),
  created_at timestamptz NOT NULL DEFAULT now()
);

-- Sign-in has to find the tenant before any tenant context exists. The function runs with the
-- owner's rights, so it returns an id and nothing else, and its search_path is pinned.
CREATE FUNCTION tenant_by_slug(wanted text) RETURNS uuid
  LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
  AS $$ SELECT id FROM control.tenants WHERE slug = wanted AND status = 'active' $$;

REVOKE ALL ON FUNCTION tenant_by_slug(text) FROM PUBLIC;
GRANT USAGE ON SCHEMA control TO app_user;
GRANT EXECUTE ON FUNCTION tenant_by_slug(text) TO app_user;
