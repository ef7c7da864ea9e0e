import { sql } from '../db/pool.ts';
import { Loop } from '../loop.ts';
import type { Metrics } from '../metrics.ts';
import type { OutboxHome, OutboxHomes } from '../outbox-homes.ts';
import type { RedisClient } from '../redis.ts';
import { streamKey, TENANTS } from './event.ts';
import type { TenantEvent } from './event.ts';

const BATCH = 200;
const PAUSE_MS = 250;
/** Events of one tenant in Redis; the others wait in its outbox. */
const STREAM_LIMIT = 10_000;

/** Takes events from every tenant's outbox to its stream: at least once, in the order they were made. */
export class EventPublisher extends Loop {
  constructor(
    homes: OutboxHomes,
    redis: RedisClient,
    metrics: Metrics,
    failed: (error: unknown) => void,
  ) {
    super(async () => {
      const sent = await homes.each(false, failed, (home) => publishHome(home, redis));
      metrics.eventsPublished.inc(sent.reduce((sum, size) => sum + size, 0));
      return sent.includes(BATCH);
    }, PAUSE_MS);
  }
}

/** Rows are marked only after Redis has them: a crash in between publishes them again. */
async function publishHome({ pool, schema }: OutboxHome, redis: RedisClient): Promise<number> {
  const settings = sql`SELECT set_config('idle_in_transaction_session_timeout', '60s', true),
    set_config('search_path', ${`${schema}, pg_temp`}, true)`;
  return pool.transaction(settings, async (query) => {
    const rows = await query.rows<Omit<TenantEvent, 'at'> & { at: Date }>(sql`
      SELECT id, tenant_id AS tenant, action, object, at FROM audit_outbox
       WHERE published_at IS NULL AND outcome = 'success'
         AND category IN ('config_change', 'security')
       ORDER BY id LIMIT ${BATCH} FOR UPDATE SKIP LOCKED`);
    const full = new Set<string>();
    for (const tenant of new Set(rows.map((row) => row.tenant))) {
      if ((await redis.xlen(streamKey(tenant))) >= STREAM_LIMIT) full.add(tenant);
    }
    const events = rows.filter(({ tenant }) => !full.has(tenant));
    await Promise.all(events.map((event) => publish(redis, event)));
    const ids = events.map(({ id }) => id);
    await query.rows(
      sql`UPDATE audit_outbox SET published_at = now() WHERE id = ANY(${ids}::uuid[])`,
    );
    return events.length;
  });
}

/** Puts one event into its tenant's stream. */
export async function publish(redis: RedisClient, event: object & { tenant: string }) {
  await redis.xadd(streamKey(event.tenant), '*', 'event', JSON.stringify(event));
  // Afterwards, so that whoever finds the tenant finds the event.
  await redis.sadd(TENANTS, event.tenant);
}
