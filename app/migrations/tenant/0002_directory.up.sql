-- Runs once per tenant home with search_path = that home's schema: no table name is qualified here.
-- The release before goes on working: it names no new column, and each has a default.
ALTER TABLE users ADD COLUMN role text NOT NULL DEFAULT 'member'
  CONSTRAINT users_role CHECK (role IN ('admin', 'member'));
CREATE INDEX users_list ON users (tenant_id, created_at DESC, id DESC);

-- Every key and every reference leads with the tenant: the checks behind them ignore row-level
-- security, so a shorter one could point to another tenant's row, or tell that it exists.
CREATE TABLE organizations (
  tenant_id  uuid NOT NULL,
  id         uuid NOT NULL,
  name       text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT organizations_name UNIQUE (tenant_id, name)
);
CREATE INDEX organizations_list ON organizations (tenant_id, created_at DESC, id DESC);

CREATE TABLE departments (
  tenant_id  uuid NOT NULL,
  id         uuid NOT NULL,
  org_id     uuid NOT NULL,
  parent_id  uuid CONSTRAINT departments_own_parent CHECK (parent_id <> id),
  name       text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id),
  -- What a parent and a membership refer to, so that both stay inside one organization.
  CONSTRAINT departments_place UNIQUE (tenant_id, org_id, id),
  -- Serves the reference to the parent as well. Siblings differ in name, at the top too.
  CONSTRAINT departments_name UNIQUE NULLS NOT DISTINCT (tenant_id, org_id, parent_id, name),
  CONSTRAINT departments_org FOREIGN KEY (tenant_id, org_id)
    REFERENCES organizations (tenant_id, id) ON DELETE CASCADE,
  -- No action, not RESTRICT: it is checked at the end, so a whole organization can go at once.
  CONSTRAINT departments_parent FOREIGN KEY (tenant_id, org_id, parent_id)
    REFERENCES departments (tenant_id, org_id, id)
);
CREATE INDEX departments_list ON departments (tenant_id, org_id, created_at DESC, id DESC);

CREATE TABLE memberships (
  tenant_id     uuid NOT NULL,
  user_id       uuid NOT NULL,
  org_id        uuid NOT NULL,
  department_id uuid,
  role          text NOT NULL CONSTRAINT memberships_role CHECK (role IN ('owner', 'admin', 'member')),
  created_at    timestamptz NOT NULL DEFAULT now(),
  updated_at    timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, user_id, org_id),
  CONSTRAINT memberships_user FOREIGN KEY (tenant_id, user_id)
    REFERENCES users (tenant_id, id) ON DELETE CASCADE,
  CONSTRAINT memberships_org FOREIGN KEY (tenant_id, org_id)
    REFERENCES organizations (tenant_id, id) ON DELETE CASCADE,
  CONSTRAINT memberships_department FOREIGN KEY (tenant_id, org_id, department_id)
    REFERENCES departments (tenant_id, org_id, id) ON DELETE SET NULL (department_id)
);
CREATE INDEX memberships_list ON memberships (tenant_id, org_id, created_at DESC, user_id DESC);
CREATE INDEX memberships_in_department ON memberships (tenant_id, org_id, department_id)
  WHERE department_id IS NOT NULL;

-- The same two policies as in 0001, where they are explained.
ALTER TABLE organizations ENABLE ROW LEVEL SECURITY;
ALTER TABLE organizations FORCE ROW LEVEL SECURITY;
CREATE POLICY open ON organizations FOR ALL TO PUBLIC USING (true);
CREATE POLICY tenant ON organizations AS RESTRICTIVE FOR ALL TO PUBLIC
  USING      (tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::uuid))
  WITH CHECK (tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::uuid));

ALTER TABLE departments ENABLE ROW LEVEL SECURITY;
ALTER TABLE departments FORCE ROW LEVEL SECURITY;
CREATE POLICY open ON departments FOR ALL TO PUBLIC USING (true);
CREATE POLICY tenant ON departments AS RESTRICTIVE FOR ALL TO PUBLIC
  USING      (tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::uuid))
  WITH CHECK (tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::uuid));

ALTER TABLE memberships ENABLE ROW LEVEL SECURITY;
ALTER TABLE memberships FORCE ROW LEVEL SECURITY;
CREATE POLICY open ON memberships FOR ALL TO PUBLIC USING (true);
CREATE POLICY tenant ON memberships AS RESTRICTIVE FOR ALL TO PUBLIC
  USING      (tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::uuid))
  WITH CHECK (tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::uuid));

GRANT SELECT, INSERT, UPDATE, DELETE ON organizations, departments, memberships TO app_user;
