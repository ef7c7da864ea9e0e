import type { Pool } from './pool.ts';

interface Entry {
  readonly pool: Pool;
  /** Resolves when the database has proven that it keeps tenants apart. */
  readonly guarded: Promise<void>;
  users: number;
}

/** Small pools for tenants with a database of their own; those unused the longest are closed. */
export class DatabasePools {
  readonly #open: (database: string) => Pool;
  readonly #guard: (pool: Pool) => Promise<void>;
  readonly #max: number;
  // A Map keeps the order of insertion: the first entry is the one used the longest ago.
  readonly #entries = new Map<string, Entry>();

  /**
   * @param guard - refuses a database that would not keep tenants apart
   * @param max - pools kept open; while more are in use at once, more are open
   */
  constructor(open: (database: string) => Pool, guard: (pool: Pool) => Promise<void>, max: number) {
    this.#open = open;
    this.#guard = guard;
    this.#max = max;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Lends the pool of a database for the time of `work`; refuses one that the guard refuses. */
  async use<T>(database: string, work: (pool: Pool) => Promise<T>): Promise<T> {
    let entry = this.#entries.get(database);
    if (entry === undefined) {
      const pool = this.#open(database);
      entry = { pool, guarded: this.#guard(pool), users: 0 };
      entry.guarded.catch(() => undefined);
    }
    this.#entries.delete(database);
    this.#entries.set(database, entry);
    entry.users += 1;
    try {
      await entry.guarded.catch((error: unknown) => {
        // Asked again next time: it may have been mended, or was only away.
        if (this.#entries.get(database) === entry) this.#entries.delete(database);
        throw error;
      });
      return await work(entry.pool);
    } finally {
      entry.users -= 1;
      if (entry.users === 0 && this.#entries.get(database) !== entry) close(entry);
      this.#shrink();
    }
  }

  async end(): Promise<void> {
    const entries = [...this.#entries.values()];
    this.#entries.clear();
    await Promise.all(entries.map(({ pool }) => pool.end()));
  }

  #shrink(): void {
    for (const [database, entry] of this.#entries) {
      if (this.#entries.size <= this.#max) return;
      if (entry.users > 0) continue;
      this.#entries.delete(database);
      close(entry);
    }
  }
}

/** Not awaited: nobody works with it any more. It refuses only a second time, which is no harm. */
function close({ pool }: Entry): void {
  pool.end().catch(() => undefined);
}
