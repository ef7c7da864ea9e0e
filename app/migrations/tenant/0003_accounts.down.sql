DROP TABLE password_history;
ALTER TABLE users
  DROP COLUMN locked_until,
  DROP COLUMN failed_logins,
  DROP COLUMN password_changed_at;
