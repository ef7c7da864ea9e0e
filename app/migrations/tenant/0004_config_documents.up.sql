-- A tenant's settings. They live in its home and not in the document store, so that a tenant with a
-- database of its own has them there, a move proves them, and a change and its audit event are one.
CREATE TABLE config_documents (
  tenant_id  uuid NOT NULL,
  key        text NOT NULL CONSTRAINT config_documents_key CHECK (key ~ '^[a-z][a-z0-9._-]{0,63}$'),
  -- Counts up for each key without a gap; no version is ever rewritten.
  version    integer NOT NULL CHECK (version > 0),
  -- Names the version in lists.
  id         uuid NOT NULL,
  -- NULL: deleted with this version.
  document   jsonb,
  -- No reference to users: the history outlives its authors.
  author_id  uuid NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  is_current boolean NOT NULL DEFAULT true,
  PRIMARY KEY (tenant_id, key, version)
);
-- Two writers of one key cannot both make the current version.
CREATE UNIQUE INDEX config_documents_current ON config_documents (tenant_id, key) WHERE is_current;
CREATE INDEX config_documents_list ON config_documents (tenant_id, created_at DESC, id DESC)
  WHERE is_current AND document IS NOT NULL;

-- The same two policies as in 0001, where they are explained.
ALTER TABLE config_documents ENABLE ROW LEVEL SECURITY;
ALTER TABLE config_documents FORCE ROW LEVEL SECURITY;
CREATE POLICY open ON config_documents FOR ALL TO PUBLIC USING (true);
CREATE POLICY tenant ON config_documents AS RESTRICTIVE FOR ALL TO PUBLIC
  USING      (tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::uuid))
  WITH CHECK (tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::uuid));

-- A version can stop being the current one; nothing else of it changes, and none is deleted.
GRANT SELECT, INSERT, UPDATE (is_current) ON config_documents TO app_user;
