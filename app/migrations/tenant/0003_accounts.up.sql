-- Only additions with constant defaults: no row is rewritten, and the release before, which knows
-- none of these columns, goes on inserting and updating.
ALTER TABLE users
  -- NULL: not changed since the account was made.
  ADD COLUMN password_changed_at timestamptz,
  -- Failed sign-ins in a row; back to 0 with a success and with each lock.
  ADD COLUMN failed_logins       integer NOT NULL DEFAULT 0 CHECK (failed_logins >= 0),
  -- Until then every sign-in is refused. A time in the past means nothing.
  ADD COLUMN locked_until        timestamptz;

-- The hashes that an account had before its current one; the application keeps the last five.
CREATE TABLE password_history (
  tenant_id  uuid NOT NULL,
  user_id    uuid NOT NULL,
  -- Counts up for each user: the highest is the youngest.
  n          integer NOT NULL CHECK (n > 0),
  hash       text NOT NULL,
  -- When the hash was replaced.
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, user_id, n),
  -- With the tenant, so that no row can hang on to another tenant's user.
  FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
);

ALTER TABLE password_history ENABLE ROW LEVEL SECURITY;
ALTER TABLE password_history FORCE ROW LEVEL SECURITY;
CREATE POLICY open ON password_history FOR ALL TO PUBLIC USING (true);
CREATE POLICY tenant ON password_history AS RESTRICTIVE FOR ALL TO PUBLIC
  USING      (tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::uuid))
  WITH CHECK (tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::uuid));

-- Without UPDATE: what an account's password was is never rewritten.
GRANT SELECT, INSERT, DELETE ON password_history TO app_user;
