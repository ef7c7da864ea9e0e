-- What was not published yet is not lost to the audit, but nobody is told of it any more.
REVOKE UPDATE (published_at) ON audit_outbox FROM app_platform;
ALTER TABLE audit_outbox DROP COLUMN published_at;
