-- Takes every row with it.
DROP TABLE audit_outbox;
DROP TABLE users;
