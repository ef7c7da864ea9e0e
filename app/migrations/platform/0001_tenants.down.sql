DROP FUNCTION tenant_by_slug(text);
DROP TABLE tenants;
