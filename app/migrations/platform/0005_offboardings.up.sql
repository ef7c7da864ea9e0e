-- A tenant that leaves: how far it is, and in the end the proof that nothing of it is left. No
-- reference to tenants, because the proof outlives the tenant.
CREATE TABLE offboardings (
  tenant_id  uuid PRIMARY KEY,
  -- Both are needed to go on after a crash, and are emptied at the end: they name a customer and people.
  slug       text,
  users      uuid[],
  -- Each state is written after its step, so the next run knows where to go on.
  state      text NOT NULL DEFAULT 'planned' CHECK (state IN
               ('planned', 'closed', 'exported', 'rows', 'documents', 'redis', 'objects', 'done')),
  -- What was handed over: lines, by table, and the SHA-256 of the file.
  export     jsonb,
  -- What was looked for everywhere at the end, and how much of it was there.
  proof      jsonb,
  started_at timestamptz NOT NULL DEFAULT now(),
  ended_at   timestamptz
);
