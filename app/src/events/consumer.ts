import { randomUUID } from 'node:crypto';

import type { Cluster } from 'ioredis';

import { Loop } from '../loop.ts';
import type { Metrics } from '../metrics.ts';
import type { RedisClient } from '../redis.ts';
import { deadKey, doneKey, GROUP, readEvent, streamKey, TENANTS } from './event.ts';
import type { TenantEvent } from './event.ts';
import { findStreams } from './find-streams.ts';

/** Does what an event asks for. It may be called twice for one event, so twice must be as good as once. */
export type Handler = (event: TenantEvent) => Promise<void>;

export interface ConsumerOptions {
  /** After this time a failed or abandoned event is tried again; doubles each time. Default: 30,000 ms. */
  readonly retryMs?: number;
  /** Tries before an event is put aside. Default: 5. */
  readonly attempts?: number;
  /** Between two looks, in milliseconds. Default: 250. */
  readonly pauseMs?: number;
}

interface Entry {
  readonly id: string;
  readonly fields: readonly string[];
  /** How often it has been given to somebody, this time included. */
  readonly deliveries: number;
}
type Raw = [id: string, fields: string[] | null];

const BATCH = 20;
/** Tenants that are served at once. */
const AT_ONCE = 20;
/** A published copy that comes later than this is handled again. */
const DONE_SECONDS = 7 * 86_400;
const DEAD_LIMIT = 1_000;

/** Handles the events of all tenants, together with every other consumer: each event goes to one of them. */
export class EventConsumer extends Loop {
  readonly #redis: RedisClient;
  readonly #handle: Handler;
  readonly #metrics: Metrics;
  readonly #name = `worker-${randomUUID()}`;
  readonly #retryMs: number;
  readonly #attempts: number;
  #searched = false;

  constructor(
    redis: RedisClient,
    handle: Handler,
    metrics: Metrics,
    { retryMs = 30_000, attempts = 5, pauseMs = 250 }: ConsumerOptions = {},
  ) {
    super(() => this.#round(), pauseMs);
    this.#redis = redis;
    this.#handle = handle;
    this.#metrics = metrics;
    this.#retryMs = retryMs;
    this.#attempts = attempts;
  }

  async #round(): Promise<boolean> {
    // Once: a worker may have died after it had taken a tenant off the list.
    if (!this.#searched) await findStreams(this.#redis);
    this.#searched = true;
    const tenants = await this.#redis.smembers(TENANTS);
    let more = false;
    let waiting = 0;
    for (let first = 0; first < tenants.length; first += AT_ONCE) {
      const some = tenants.slice(first, first + AT_ONCE);
      const left = await Promise.all(some.map((tenant) => this.#serve(tenant)));
      more ||= left.some(({ full }) => full);
      waiting += left.reduce((sum, { length }) => sum + length, 0);
    }
    this.#metrics.eventsWaiting.set(waiting);
    return more;
  }

  async #serve(tenant: string): Promise<{ readonly full: boolean; readonly length: number }> {
    const fresh = await this.#read(tenant);
    for (const entry of [...fresh, ...(await this.#claim(tenant))]) {
      await this.#take(tenant, entry);
    }
    const length = await this.#redis.xlen(streamKey(tenant));
    if (length === 0) await this.#retire(tenant);
    return { full: fresh.length === BATCH, length };
  }

  async #read(tenant: string): Promise<Entry[]> {
    const stream = streamKey(tenant);
    const read = async () =>
      (await this.#redis.xreadgroup(
        ...(['GROUP', GROUP, this.#name, 'COUNT', BATCH, 'STREAMS', stream, '>'] as const),
      )) as [string, Raw[]][] | Record<string, Raw[]> | null;
    const found = await read().catch(async (error: Error) => {
      if (!error.message.startsWith('NOGROUP')) throw error;
      await this.#redis.xgroup('CREATE', stream, GROUP, '0', 'MKSTREAM').catch((busy: Error) => {
        if (!busy.message.startsWith('BUSYGROUP')) throw busy;
      });
      return read();
    });
    // RESP3 answers with a map, RESP2 with a list.
    const rows = Array.isArray(found) ? found[0]?.[1] : found?.[stream];
    return (rows ?? []).map(([id, fields]) => ({ id, fields: fields ?? [], deliveries: 1 }));
  }

  /** Takes over what failed, or whose consumer is gone, when its time has come. */
  async #claim(tenant: string): Promise<Entry[]> {
    const stream = streamKey(tenant);
    const pending = (await this.#redis.xpending(
      ...([stream, GROUP, 'IDLE', this.#retryMs, '-', '+', BATCH] as const),
    )) as [string, string, number, number][];
    const entries: Entry[] = [];
    for (const [id, , idle, deliveries] of pending) {
      const due = this.#retryMs * 2 ** (deliveries - 1);
      if (idle < due) continue;
      // Only one of several gets it: claiming makes it young again.
      // Of the two kinds of clients, because TypeScript finds no signature that fits both.
      const client = this.#redis as Cluster;
      const claimed = (await client.xclaim(stream, GROUP, this.#name, due, id)) as Raw[];
      for (const [, fields] of claimed) {
        entries.push({ id, fields: fields ?? [], deliveries: deliveries + 1 });
      }
    }
    return entries;
  }

  async #take(tenant: string, { id, fields, deliveries }: Entry): Promise<void> {
    let event: TenantEvent;
    try {
      event = readEvent(tenant, fields);
    } catch (error) {
      await this.#bury(tenant, id, fields, (error as Error).message);
      return;
    }
    if (deliveries > this.#attempts) {
      await this.#bury(tenant, id, fields, `not handled after ${this.#attempts} attempts`);
      return;
    }
    const done = doneKey(tenant, event.id);
    if ((await this.#redis.exists(done)) === 0) {
      try {
        await this.#handle(event);
      } catch {
        // It stays with us and is claimed, by us or by another one, after its time.
        this.#metrics.eventsHandled.inc({ outcome: 'failed' });
        return;
      }
      this.#metrics.eventsHandled.inc({ outcome: 'done' });
    } else {
      this.#metrics.eventsHandled.inc({ outcome: 'repeated' });
    }
    const stream = streamKey(tenant);
    await all(
      this.#redis
        .multi()
        .set(done, '', 'EX', DONE_SECONDS)
        .xack(stream, GROUP, id)
        .xdel(stream, id),
    );
  }

  /** Puts an event aside, with the reason, so that it holds up no other. */
  async #bury(tenant: string, id: string, fields: readonly string[], reason: string) {
    const stream = streamKey(tenant);
    await all(
      this.#redis
        .multi()
        .xadd(deadKey(tenant), 'MAXLEN', '~', DEAD_LIMIT, '*', ...fields, 'reason', reason)
        .xack(stream, GROUP, id)
        .xdel(stream, id),
    );
    this.#metrics.eventsHandled.inc({ outcome: 'dead' });
  }

  async #retire(tenant: string): Promise<void> {
    await this.#redis.srem(TENANTS, tenant);
    // An event that came meanwhile keeps its stream, and its tenant on the list.
    const kept = (await this.#redis.retireStream(streamKey(tenant))) === 0;
    if (kept) await this.#redis.sadd(TENANTS, tenant);
  }
}

interface Transaction {
  exec(): Promise<[error: Error | null, result: unknown][] | null>;
}
async function all(transaction: Transaction): Promise<void> {
  const failed = (await transaction.exec())?.find(([error]) => error !== null);
  if (failed?.[0]) throw failed[0];
}
