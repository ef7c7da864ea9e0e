import type { Pool } from './pool.ts';
import { sql } from './pool.ts';
import type { TenantId } from './tenancy.ts';

export const MODELS = ['shared', 'schema', 'database'] as const;
export type Model = (typeof MODELS)[number];

/** A set of tenant tables: `app` in the main database, a schema beside it, or a database. */
export interface Home {
  readonly model: Model;
  /** Name of the schema, for model `database` of the database. */
  readonly home: string;
}

/** Where a tenant's rows are. `epoch` grows with every move. */
export interface Placement extends Home {
  readonly epoch: number;
}

export const SHARED: Home = { model: 'shared', home: 'app' };

/** The schema that holds the tables of a home, in whichever database that is. */
export function schemaOf({ model, home }: Home): string {
  return model === 'schema' ? home : SHARED.home;
}

/** For messages: `shared`, `schema t_a1` or `database t_a1`. */
export function nameOf({ model, home }: Home): string {
  return model === 'shared' ? model : `${model} ${home}`;
}

const MAX_ENTRIES = 10_000;

/** Placements, remembered for a short time. An old one is harmless: every transaction is checked. */
export class Placements {
  readonly #pool: Pool;
  readonly #ttl: number;
  readonly #known = new Map<
    TenantId,
    { readonly until: number; readonly placement: Promise<Placement | undefined> }
  >();

  /** @param ttl - in milliseconds */
  constructor(pool: Pool, ttl: number) {
    this.#pool = pool;
    this.#ttl = ttl;
  }

  /** Undefined when there is no such tenant. Requests that ask at once share one query. */
  async of(tenant: TenantId): Promise<Placement | undefined> {
    const now = performance.now();
    const entry = this.#known.get(tenant);
    if (entry !== undefined && now < entry.until) return entry.placement;
    // Everything is asked for again rather than kept in order: this happens once in 10,000 tenants.
    if (this.#known.size >= MAX_ENTRIES) this.#known.clear();
    const placement = this.#ask(tenant);
    this.#known.set(tenant, { until: now + this.#ttl, placement });
    // A failure is not remembered.
    placement.catch(() => this.#known.delete(tenant));
    return placement;
  }

  forget(tenant: TenantId): void {
    this.#known.delete(tenant);
  }

  async #ask(tenant: TenantId): Promise<Placement | undefined> {
    const [row] = await this.#pool.rows<Placement>(
      sql`SELECT model, home, epoch FROM control.placement_of(${tenant})`,
    );
    return row;
  }
}
