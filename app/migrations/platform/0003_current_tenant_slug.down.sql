DROP FUNCTION current_tenant_slug();
