-- Events go to the queue from the outbox as well, at their own pace. What is there already was never
-- meant for it: such rows count as published now, later ones have no value until they are.
ALTER TABLE audit_outbox ADD COLUMN published_at timestamptz DEFAULT now();
ALTER TABLE audit_outbox ALTER COLUMN published_at DROP DEFAULT;
CREATE INDEX audit_outbox_unpublished ON audit_outbox (id)
  WHERE published_at IS NULL AND outcome = 'success' AND category IN ('config_change', 'security');
GRANT UPDATE (published_at) ON audit_outbox TO app_platform;
