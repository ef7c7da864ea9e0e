import { randomUUIDv7 } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import type { Collection, Db, MongoBulkWriteError } from 'mongodb';

import type { OutboxHome, OutboxHomes } from './outbox-homes.ts';
import { sql } from './db/pool.ts';
import type { Sql } from './db/pool.ts';
import type { TenantId } from './db/tenancy.ts';
import type { Metrics } from './metrics.ts';

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

interface AuditDocument {
  _id: string;
  tenantId: string;
  at: Date;
  category: string;
  action: string;
  actor: { id: string | null };
  object: string | null;
  outcome: string;
  ip: string | null;
  requestId: string;
}

const BATCH = 500;
const POLL_MS = 500;
const PURGE_EVERY_MS = 3_600_000;
const DUPLICATE = 11_000;

export function auditCollection(db: Db): Collection<AuditDocument> {
  return db.collection<AuditDocument>('audit_events', { writeConcern: { w: 'majority' } });
}

/** Moves events from every tenant's outbox, in every home, to the document store until it is told to stop. */
export class AuditRelay {
  readonly #homes: OutboxHomes;
  readonly #events: Collection<AuditDocument>;
  readonly #metrics: Metrics;
  readonly #stop = new AbortController();
  #running: Promise<void> | undefined;

  constructor(homes: OutboxHomes, db: Db, metrics: Metrics) {
    this.#homes = homes;
    this.#events = auditCollection(db);
    this.#metrics = metrics;
  }

  /** @param failed - told about every failure; the relay then waits and tries again */
  start(failed: (error: unknown) => void): void {
    this.#running = this.#loop(failed);
  }

  /** Ends after the batch in hand. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #loop(failed: (error: unknown) => void): Promise<void> {
    const { signal } = this.#stop;
    let indexed = false;
    let purged = 0;
    let failures = 0;
    while (!signal.aborted) {
      let wait = POLL_MS;
      try {
        if (!indexed) {
          // One by one: FerretDB 1.24 on PostgreSQL fails on a list of indexes that it has already.
          await this.#events.createIndex({ tenantId: 1, at: -1 });
          await this.#events.createIndex({ tenantId: 1, category: 1, at: -1 });
          indexed = true;
        }
        // Kept for a week, so that a document store restored from a backup can be filled again.
        const purge = Date.now() - purged > PURGE_EVERY_MS;
        const sent = await this.#homes.each(purge, failed, (home) => this.#relayHome(home, purge));
        if (purge) purged = Date.now();
        this.#metrics.auditUnsent.set(sent.filter((size) => size === BATCH).length * BATCH);
        if (sent.includes(BATCH)) wait = 0;
        failures = 0;
      } catch (error) {
        failures += 1;
        wait = Math.min(POLL_MS * 2 ** failures, 30_000);
        failed(error);
      }
      await sleep(wait, undefined, { signal }).catch(() => undefined);
    }
  }

  /**
   * Sends one batch of a home and returns its size. Rows are marked only after the store has them: a
   * crash in between sends them again, and the store refuses the copies by their identifier.
   */
  async #relayHome({ pool, schema }: OutboxHome, purge: boolean): Promise<number> {
    const settings = sql`SELECT set_config('idle_in_transaction_session_timeout', '60s', true),
      set_config('search_path', ${`${schema}, pg_temp`}, true)`;
    return pool.transaction(settings, async (query) => {
      if (purge) {
        query.send(sql`DELETE FROM audit_outbox WHERE sent_at < now() - interval '7 days'`);
      }
      // SKIP LOCKED: several workers share the work without waiting for each other.
      const rows = await query.rows<Row>(sql`
        SELECT tenant_id, id, at, category, action, actor_id, object, outcome, host(ip) AS ip, request_id
          FROM audit_outbox WHERE sent_at IS NULL ORDER BY id LIMIT ${BATCH}
           FOR UPDATE SKIP LOCKED`);
      if (rows.length > 0) {
        await this.#events
          .insertMany(rows.map(toDocument), { ordered: false })
          .catch(unlessDuplicates);
        const ids = rows.map(({ id }) => id);
        await query.rows(
          sql`UPDATE audit_outbox SET sent_at = now() WHERE sent_at IS NULL AND id = ANY(${ids}::uuid[])`,
        );
        this.#metrics.auditRelayed.inc(rows.length);
      }
      return rows.length;
    });
  }
}

interface Row {
  tenant_id: string;
  id: string;
  at: Date;
  category: string;
  action: string;
  actor_id: string | null;
  object: string | null;
  outcome: string;
  ip: string | null;
  request_id: string;
}

function toDocument(row: Row): AuditDocument {
  return {
    _id: row.id,
    tenantId: row.tenant_id,
    at: row.at,
    category: row.category,
    action: row.action,
    actor: { id: row.actor_id },
    object: row.object,
    outcome: row.outcome,
    ip: row.ip,
    requestId: row.request_id,
  };
}

/** "Already there" is what a repeated batch looks like; anything else is a failure. */
function unlessDuplicates(error: unknown): void {
  const { writeErrors, code } = error as Partial<MongoBulkWriteError>;
  const all = writeErrors === undefined ? [] : [writeErrors].flat();
  const onlyDuplicates =
    all.length > 0 ? all.every((e) => e.code === DUPLICATE) : code === DUPLICATE;
  if (!onlyDuplicates) throw error;
}
