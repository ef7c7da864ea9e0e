import type { Collection } from 'mongodb';

import { link, linkId } from './audit-chain.ts';
import type { AuditRow, ChainedEvent, Head } from './audit-chain.ts';
import type { Pool } from './db/pool.ts';
import { sql } from './db/pool.ts';

const SETTINGS = sql`SELECT set_config('idle_in_transaction_session_timeout', '60s', true)`;

/**
 * Adds events to the chain of their tenant; those that are there already are left out. One worker at
 * a time, by the lock on the recorded end. Throws when the store holds what was never appended.
 *
 * @param main - the main database, where the end of every chain is recorded
 */
export async function appendEvents(
  main: Pool,
  events: Collection<ChainedEvent>,
  tenant: string,
  rows: readonly AuditRow[],
): Promise<void> {
  await main.transaction(SETTINGS, async (query) => {
    query.send(
      sql`INSERT INTO control.audit_heads (tenant_id) VALUES (${tenant}) ON CONFLICT DO NOTHING`,
    );
    const [recorded] = await query.rows<Head>(
      sql`SELECT seq, hash FROM control.audit_heads WHERE tenant_id = ${tenant} FOR UPDATE`,
    );
    if (recorded === undefined) throw new Error('the end of a chain has vanished');
    const start = await catchUp(events, tenant, recorded, rows);
    const known = await knownIds(events, tenant, rows);
    let head: Head = start;
    const added = rows
      .filter(({ id }) => !known.has(id))
      .map((row) => {
        const next = link(head, row);
        head = next;
        return next;
      });
    if (added.length > 0) await events.insertMany(added, { ordered: true });
    if (head.seq === recorded.seq) return;
    query.send(sql`UPDATE control.audit_heads SET seq = ${head.seq}, hash = ${head.hash}, updated_at = now()
      WHERE tenant_id = ${tenant}`);
  });
}

/**
 * Past the recorded end lies what a worker wrote that died before it could record it. Its events are
 * unsent, so they are among `rows`; anything else has been put there by somebody else.
 */
async function catchUp(
  events: Collection<ChainedEvent>,
  tenant: string,
  recorded: Head,
  rows: readonly AuditRow[],
): Promise<Head> {
  let head = recorded;
  for (;;) {
    const next = await events.findOne({ _id: linkId(tenant, head.seq + 1) });
    if (next === null) return head;
    const row = rows.find(({ id }) => id === next.eventId);
    if (row === undefined || link(head, row).hash !== next.hash) {
      throw new Error(`event ${next._id} in the document store was not written by this platform`);
    }
    head = next;
  }
}

async function knownIds(
  events: Collection<ChainedEvent>,
  tenant: string,
  rows: readonly AuditRow[],
): Promise<Set<string>> {
  const ids = rows.map(({ id }) => id);
  const [chained, older] = await Promise.all([
    events.find({ tenantId: tenant, eventId: { $in: ids } }).toArray(),
    // From before there were chains: their own id is the event's.
    events.find({ _id: { $in: ids } }).toArray(),
  ]);
  return new Set([...chained.map(({ eventId }) => eventId), ...older.map(({ _id }) => _id)]);
}
