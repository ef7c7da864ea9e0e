-- Where each tenant's chain of audit events ends. Kept here, out of reach of whoever could change the
-- document store: without it the end of a chain could be cut off unseen. No reference to tenants: the
-- end of a chain outlives the tenant.
CREATE TABLE audit_heads (
  tenant_id  uuid PRIMARY KEY,
  seq        integer NOT NULL DEFAULT 0 CHECK (seq >= 0),
  hash       text NOT NULL DEFAULT repeat('0', 64) CHECK (hash ~ '^[0-9a-f]{64}$'),
  updated_at timestamptz NOT NULL DEFAULT now()
);
GRANT SELECT, INSERT, UPDATE ON audit_heads TO app_platform;
