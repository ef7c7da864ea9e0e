import { randomUUIDv7 } from 'node:crypto';

import { sql } from './db/pool.ts';
import type { Sql } from './db/pool.ts';
import type { TenantId } from './db/tenancy.ts';

export interface AuditEvent {
  readonly category:
    'authentication' | 'authorization' | 'data_access' | 'config_change' | 'security';
  /** What was done, `noun.verb`. */
  readonly action: string;
  readonly outcome: 'success' | 'failure' | 'not_found';
  /** The user who acted; null before anyone is known. */
  readonly actorId: string | null;
  /** What it was done to, `noun/id`. */
  readonly object: string | null;
  readonly ip: string;
  readonly requestId: string;
}

/** The statement that records an event; it belongs into the transaction of what it records. */
export function recordEvent(tenant: TenantId, event: AuditEvent): Sql {
  return sql`INSERT INTO audit_outbox
      (tenant_id, id, category, action, actor_id, object, outcome, ip, request_id)
    VALUES (${tenant}, ${randomUUIDv7()}, ${event.category}, ${event.action}, ${event.actorId},
            ${event.object}, ${event.outcome}, ${event.ip}, ${event.requestId})`;
}
