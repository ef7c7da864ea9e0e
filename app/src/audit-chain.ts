import { createHash } from 'node:crypto';

import type { Collection, Db } from 'mongodb';

/** An event of the outbox. */
export interface AuditRow {
  readonly id: string;
  readonly tenant_id: string;
  readonly at: Date;
  readonly category: string;
  readonly action: string;
  readonly actor_id: string | null;
  readonly object: string | null;
  readonly outcome: string;
  readonly ip: string | null;
  readonly request_id: string;
}

/** An event in the document store: a link of its tenant's chain. */
export interface ChainedEvent {
  /** `tenant/seq`, so that no number is given twice. Events from before there were chains have their own id. */
  readonly _id: string;
  readonly eventId: string;
  readonly tenantId: string;
  /** Counts up from 1 without a gap. */
  readonly seq: number;
  readonly at: Date;
  readonly category: string;
  readonly action: string;
  readonly actor: { readonly id: string | null };
  readonly object: string | null;
  readonly outcome: string;
  readonly ip: string | null;
  readonly requestId: string;
  /** Hash of the link before; 64 zeros before the first. */
  readonly prevHash: string;
  /** SHA-256 of everything above. */
  readonly hash: string;
}

/** The end of a chain. */
export interface Head {
  readonly seq: number;
  readonly hash: string;
}

export const START: Head = { seq: 0, hash: '0'.repeat(64) };

export const linkId = (tenant: string, seq: number): string => `${tenant}/${seq}`;

export function auditCollection(db: Db): Collection<ChainedEvent> {
  return db.collection<ChainedEvent>('audit_events', { writeConcern: { w: 'majority' } });
}

/** The link that an event becomes after `head`. */
export function link(head: Head, row: AuditRow): ChainedEvent {
  const event = {
    _id: linkId(row.tenant_id, head.seq + 1),
    eventId: row.id,
    tenantId: row.tenant_id,
    seq: head.seq + 1,
    at: row.at,
    category: row.category,
    action: row.action,
    actor: { id: row.actor_id },
    object: row.object,
    outcome: row.outcome,
    ip: row.ip,
    requestId: row.request_id,
    prevHash: head.hash,
  };
  return { ...event, hash: linkHash(event) };
}

/** What the hash of a link has to be. Everything that is kept counts, in a fixed order. */
export function linkHash(event: Omit<ChainedEvent, 'hash'>): string {
  const { prevHash, tenantId, seq, eventId, at, category, action, actor, object, outcome } = event;
  const kept = [
    ...[event._id, prevHash, tenantId, seq, eventId, at.toISOString(), category, action],
    ...[actor.id, object, outcome, event.ip, event.requestId],
  ];
  return createHash('sha256').update(JSON.stringify(kept)).digest('hex');
}
