-- A password must not contain the tenant's name, and the application may not read tenants. Without
-- an argument the function tells a transaction about its own tenant only.
CREATE FUNCTION current_tenant_slug() RETURNS text
  LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
  AS $$ SELECT slug FROM control.tenants
         WHERE id = nullif(current_setting('app.tenant_id', true), '')::uuid $$;

REVOKE ALL ON FUNCTION current_tenant_slug() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION current_tenant_slug() TO app_user;
