import { DatabasePools } from './db/database-pools.ts';
import { guardPlatform } from './db/guard.ts';
import { nameOf, schemaOf, SHARED } from './db/placement.ts';
import type { Home } from './db/placement.ts';
import type { Pool } from './db/pool.ts';
import { sql } from './db/pool.ts';

/** Where one outbox is. */
export interface OutboxHome {
  readonly pool: Pool;
  readonly schema: string;
}

/** Homes beside the shared one that are looked at in one round: hundreds must not be asked at once. */
const PER_ROUND = 20;

/** The homes whose outboxes are relayed: the shared one in every round, the others in turn. */
export class OutboxHomes {
  readonly #pool: Pool;
  readonly #databases: DatabasePools;
  #waiting: Home[] = [];

  constructor(pool: Pool, open: (database: string) => Pool) {
    this.#pool = pool;
    this.#databases = new DatabasePools(open, guardPlatform, PER_ROUND);
  }

  /**
   * Runs `work` for each home of this round, or for all of them, and gives the results. One home that
   * is away is reported and keeps no other waiting; the shared home's failure is thrown.
   */
  async each<T>(
    all: boolean,
    failed: (error: unknown) => void,
    work: (home: OutboxHome) => Promise<T>,
  ): Promise<T[]> {
    const results = [await work({ pool: this.#pool, schema: SHARED.home })];
    if (all || this.#waiting.length === 0) {
      this.#waiting = await this.#pool.rows<Home>(sql`SELECT model, home FROM control.all_homes()`);
    }
    for (const home of this.#waiting.splice(0, all ? Infinity : PER_ROUND)) {
      try {
        const schema = schemaOf(home);
        results.push(
          home.model === 'database'
            ? await this.#databases.use(home.home, (pool) => work({ pool, schema }))
            : await work({ pool: this.#pool, schema }),
        );
      } catch (error) {
        failed(new Error(`${nameOf(home)}: ${(error as Error).message}`, { cause: error }));
      }
    }
    return results;
  }

  async end(): Promise<void> {
    await this.#databases.end();
  }
}
