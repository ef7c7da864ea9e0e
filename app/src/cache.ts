import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import type { TenantId } from './db/tenancy.ts';
import type { Metrics } from './metrics.ts';
import type { RedisClient } from './redis.ts';

/** Longest life of an entry; each ends up to a tenth earlier, so that not all end at once. */
const LIFE_MS = 60_000;
/** Outlives every entry that was made under it. */
const TAG_SECONDS = 86_400;
const LOCK_MS = 3_000;
/** How long a process waits for another one that loads the same, and how often it looks. */
const WAIT_MS = 1_500;
const POLL_MS = 20;

interface Entry {
  readonly tenant: string;
  readonly tag: string;
  readonly data: unknown;
}

interface Found {
  readonly tag: string;
  readonly entry: Entry | undefined;
}

/**
 * What was read lately, in Redis, for all processes. Every key holds the tenant, as its hash tag, and
 * every entry names the tenant again. A tenant's entries all end together, with a new tag. Without
 * Redis everything is loaded.
 */
export class Cache {
  readonly #redis: RedisClient;
  readonly #metrics: Pick<Metrics, 'cacheRequests' | 'cacheLoads'>;
  readonly #flights = new Map<string, Promise<unknown>>();

  constructor(redis: RedisClient, metrics: Pick<Metrics, 'cacheRequests' | 'cacheLoads'>) {
    this.#redis = redis;
    this.#metrics = metrics;
  }

  /**
   * The tenant's entry of this name. On a miss `load` runs once, however many requests in however
   * many processes ask for it meanwhile; what it throws is thrown to all of them and not kept.
   *
   * @returns what `load` gave, or the same after a trip through JSON: a date is text then
   */
  async read<T>(tenant: TenantId, name: string, load: () => Promise<T>): Promise<T> {
    const key = entryKey(tenant, name);
    let found: Found;
    try {
      found = await this.#look(tenant, key);
    } catch {
      this.#metrics.cacheRequests.inc({ result: 'unavailable' });
      return load();
    }
    const { tag, entry } = found;
    this.#metrics.cacheRequests.inc({ result: entry === undefined ? 'miss' : 'hit' });
    if (entry !== undefined) return entry.data as T;
    // With the tag: who asks after a change never joins a load that began before it.
    const flight = `${key}\n${tag}`;
    let pending = this.#flights.get(flight);
    if (pending === undefined) {
      pending = this.#fill(tenant, key, tag, load).finally(() => this.#flights.delete(flight));
      this.#flights.set(flight, pending);
    }
    return pending as Promise<T>;
  }

  /**
   * Ends every entry of the tenant. Call it after the change is committed: a load that began before
   * keeps its result under the old tag, where nobody finds it.
   */
  async invalidate(tenant: TenantId): Promise<void> {
    await this.#redis.set(tagKey(tenant), randomUUID(), 'EX', TAG_SECONDS);
  }

  /** The tenant's tag, and the entry when it was made under it for this tenant. */
  async #look(tenant: TenantId, key: string): Promise<Found> {
    const [tag, text] = await this.#redis.mget(tagKey(tenant), key);
    const current = tag ?? '';
    const entry = parse(text ?? null);
    const own = entry?.tenant === tenant && entry.tag === current;
    return { tag: current, entry: own ? entry : undefined };
  }

  async #fill<T>(tenant: TenantId, key: string, tag: string, load: () => Promise<T>): Promise<T> {
    const lock = `${key}:loading:${tag}`;
    try {
      const deadline = performance.now() + WAIT_MS;
      while ((await this.#redis.set(lock, '', 'PX', LOCK_MS, 'NX')) === null) {
        await sleep(POLL_MS);
        const found = await this.#look(tenant, key);
        if (found.entry !== undefined && found.tag === tag) return found.entry.data as T;
        if (performance.now() > deadline) break;
      }
    } catch {
      // Without Redis there is nobody to wait for.
    }
    this.#metrics.cacheLoads.inc();
    try {
      const data = await load();
      const life = Math.round(LIFE_MS * (1 - Math.random() / 10));
      const entry: Entry = { tenant, tag, data };
      await this.#redis.set(key, JSON.stringify(entry), 'PX', life).catch(() => undefined);
      return data;
    } catch (error) {
      // Not kept until its end, or the next one would wait for nobody.
      await this.#redis.del(lock).catch(() => undefined);
      throw error;
    }
  }
}

/** Encoded, so that no name can leave its place in the key. */
const entryKey = (tenant: TenantId, name: string) =>
  `app:c:{${tenant}}:${encodeURIComponent(name)}`;
const tagKey = (tenant: TenantId) => `app:cv:{${tenant}}`;

function parse(text: string | null): Entry | undefined {
  try {
    return (JSON.parse(text ?? 'null') as Entry | null) ?? undefined;
  } catch {
    return undefined;
  }
}
