import { Problem } from '../problem.ts';
import { DatabasePools } from './database-pools.ts';
import { guardTenants } from './guard.ts';
import { ISOLATION, noTenant, prelude } from './models.ts';
import { Placements } from './placement.ts';
import type { Placement } from './placement.ts';
import type { Pool, Query } from './pool.ts';
import { sql } from './pool.ts';

declare const tenantBrand: unique symbol;
/** A tenant's id that came from the control schema or from a verified token, never from a client. */
export type TenantId = string & { readonly [tenantBrand]: true };

/** The tenant that is none: statements run for it in the shared home and meet no row. */
export const NO_TENANT = '00000000-0000-0000-0000-000000000000' as TenantId;

export interface TenantDbOptions {
  /** Opens a small pool on another database of the same server. Default: such tenants are refused. */
  readonly open?: (database: string) => Pool;
  /** Pools on tenant databases that are kept open. Default: 5. */
  readonly databases?: number;
  /** Milliseconds for which a placement is remembered. Default: 5,000. */
  readonly remember?: number;
}

/** The tenant has another home than this process thought. */
const MOVED = 'TN001';
/** Its old database has been emptied or dropped: no schema, no database of that name. */
const GONE = ['3F000', '3D000'];
const FROZEN = 'TN002';
const SUSPENDED = 'TN003';

/** The only way from a request to tenant data: no statement runs without a tenant. */
export class TenantDb {
  readonly #pool: Pool;
  readonly #databases: DatabasePools;
  readonly #placements: Placements;

  constructor(pool: Pool, options: TenantDbOptions = {}) {
    const { open = refuse, databases = 5, remember = 5_000 } = options;
    this.#pool = pool;
    this.#databases = new DatabasePools(open, guardTenants, databases);
    this.#placements = new Placements(pool, remember);
  }

  /**
   * Runs `work` in one transaction that sees this tenant's rows only, wherever they are: table names
   * are written without a schema. While the tenant is being moved it fails with a 503 problem. `work`
   * may run twice, so it does nothing but SQL; of the first time nothing is left.
   */
  async run<T>(tenant: TenantId, work: (query: Query) => Promise<T>): Promise<T> {
    return this.#transaction(tenant, true, work);
  }

  /** As {@link run}, for reading only, which goes on while the tenant is being moved. */
  async read<T>(tenant: TenantId, work: (query: Query) => Promise<T>): Promise<T> {
    return this.#transaction(tenant, false, work);
  }

  /** The tenant that signs in under this name; undefined when there is none or it is suspended. */
  async bySlug(slug: string): Promise<TenantId | undefined> {
    const [row] = await this.#pool.rows<{ id: TenantId | null }>(
      sql`SELECT control.tenant_by_slug(${slug}) AS id`,
    );
    return row?.id ?? undefined;
  }

  /** Closes the pools on tenant databases; the main pool belongs to the caller. */
  async end(): Promise<void> {
    await this.#databases.end();
  }

  async #transaction<T>(
    tenant: TenantId,
    writing: boolean,
    work: (query: Query) => Promise<T>,
  ): Promise<T> {
    if (tenant === NO_TENANT) return this.#pool.transaction(noTenant, work, !writing);
    for (let attempt = 1; ; attempt += 1) {
      const placement = await this.#placements.of(tenant);
      // Not remembered: a tenant that is made in a moment must not wait for that.
      if (placement === undefined) {
        this.#placements.forget(tenant);
        throw new Problem(403, 'This tenant is not active.');
      }
      try {
        return await this.#in(placement, (pool) =>
          pool.transaction(prelude(tenant, placement, writing), work, !writing),
        );
      } catch (error) {
        const { code } = error as { code?: unknown };
        if (code === SUSPENDED) throw new Problem(403, 'This tenant is not active.');
        if (code === FROZEN) throw new Problem(503, 'This tenant is being moved.', 1);
        if (code !== MOVED && !GONE.includes(String(code))) throw error;
        this.#placements.forget(tenant);
        if (attempt === 1) continue;
        // Twice: it is on its way between two databases at this very moment.
        throw code === MOVED ? new Problem(503, 'This tenant is being moved.', 1) : error;
      }
    }
  }

  async #in<T>(placement: Placement, work: (pool: Pool) => Promise<T>): Promise<T> {
    const database = ISOLATION[placement.model].database(placement);
    return database === undefined ? work(this.#pool) : this.#databases.use(database, work);
  }
}

function refuse(database: string): never {
  throw new Error(`This process opens no tenant databases, so it cannot serve ${database}.`);
}
