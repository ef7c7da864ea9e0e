import type { Collection, Db } from 'mongodb';

import { appendEvents } from './audit-append.ts';
import { auditCollection } from './audit-chain.ts';
import type { AuditRow, ChainedEvent } from './audit-chain.ts';
import { sql } from './db/pool.ts';
import type { Pool } from './db/pool.ts';
import { Loop } from './loop.ts';
import type { Metrics } from './metrics.ts';
import type { OutboxHome, OutboxHomes } from './outbox-homes.ts';

const BATCH = 500;
const POLL_MS = 500;
const PURGE_EVERY_MS = 3_600_000;

export interface RelayOptions {
  /** The main database. */
  readonly main: Pool;
  readonly homes: OutboxHomes;
  readonly documents: Db;
  readonly metrics: Metrics;
  /** Told about a home or a tenant that keeps no other waiting. */
  readonly failed: (error: unknown) => void;
}

/** Moves events from every tenant's outbox, in every home, to its chain in the document store. */
export class AuditRelay extends Loop {
  readonly #options: RelayOptions;
  readonly #events: Collection<ChainedEvent>;
  #indexed = false;
  #purged = 0;

  constructor(options: RelayOptions) {
    super(() => this.#round(), POLL_MS);
    this.#options = options;
    this.#events = auditCollection(options.documents);
  }

  async #round(): Promise<boolean> {
    const { homes, metrics, failed } = this.#options;
    if (!this.#indexed) {
      // One by one: FerretDB 1.24 on PostgreSQL fails on a list of indexes that it has already.
      await this.#events.createIndex({ tenantId: 1, at: -1 });
      await this.#events.createIndex({ tenantId: 1, category: 1, at: -1 });
      await this.#events.createIndex({ tenantId: 1, eventId: 1 });
      await this.#events.createIndex({ tenantId: 1, seq: 1 });
      this.#indexed = true;
    }
    // Kept for a week, so that a document store restored from a backup can be filled again.
    const purge = Date.now() - this.#purged > PURGE_EVERY_MS;
    const sent = await homes.each(purge, failed, (home) => this.#relayHome(home, purge));
    if (purge) this.#purged = Date.now();
    metrics.auditUnsent.set(sent.filter((size) => size === BATCH).length * BATCH);
    return sent.includes(BATCH);
  }

  /**
   * Sends one batch of a home and returns how many were sent. Rows are marked only after the store has
   * them: a crash in between sends them again, and those that are there already are left out.
   */
  async #relayHome({ pool, schema }: OutboxHome, purge: boolean): Promise<number> {
    const settings = sql`SELECT set_config('idle_in_transaction_session_timeout', '60s', true),
      set_config('search_path', ${`${schema}, pg_temp`}, true)`;
    return pool.transaction(settings, async (query) => {
      if (purge) {
        query.send(sql`DELETE FROM audit_outbox WHERE sent_at < now() - interval '7 days'`);
      }
      // SKIP LOCKED: several workers share the work without waiting for each other.
      const rows = await query.rows<AuditRow>(sql`
        SELECT tenant_id, id, at, category, action, actor_id, object, outcome, host(ip) AS ip, request_id
          FROM audit_outbox WHERE sent_at IS NULL ORDER BY id LIMIT ${BATCH}
           FOR UPDATE SKIP LOCKED`);
      const ids = await this.#append(rows);
      if (ids.length > 0) {
        await query.rows(
          sql`UPDATE audit_outbox SET sent_at = now() WHERE sent_at IS NULL AND id = ANY(${ids}::uuid[])`,
        );
        this.#options.metrics.auditRelayed.inc(ids.length);
      }
      return ids.length;
    });
  }

  /** Appends the events of each tenant and gives the ids of those that the store has now. */
  async #append(rows: readonly AuditRow[]): Promise<string[]> {
    const { main, failed } = this.#options;
    const appended: string[] = [];
    const errors: unknown[] = [];
    for (const [tenant, own] of Map.groupBy(rows, ({ tenant_id }) => tenant_id)) {
      try {
        await appendEvents(main, this.#events, tenant, own);
        appended.push(...own.map(({ id }) => id));
      } catch (error) {
        // A chain that cannot go on stops its own tenant's events and nobody else's.
        errors.push(error);
      }
    }
    if (errors.length > 0 && appended.length === 0) throw errors[0];
    for (const error of errors) failed(error);
    return appended;
  }
}
