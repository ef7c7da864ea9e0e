-- What operators do with tenants. Written before the deed and completed after it: what cannot be
-- recorded is not done, and what was cut off stays visible as begun. No reference to tenants: the
-- record outlives them.
CREATE TABLE operator_events (
  id         uuid PRIMARY KEY,
  at         timestamptz NOT NULL DEFAULT now(),
  operator   text NOT NULL,
  action     text NOT NULL,
  object     text,
  outcome    text NOT NULL DEFAULT 'begun' CHECK (outcome IN ('begun', 'success', 'failure')),
  ip         inet,
  request_id text NOT NULL
);
CREATE INDEX operator_events_at ON operator_events (at DESC);
