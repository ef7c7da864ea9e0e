import type { Pool, Query } from './pool.ts';
import { sql } from './pool.ts';

declare const tenantBrand: unique symbol;
/** A tenant's id that came from the control schema or from a verified token, never from a client. */
export type TenantId = string & { readonly [tenantBrand]: true };

/** The only way from a request to tenant data: no statement runs without a tenant. */
export class TenantDb {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /**
   * Runs `work` in one transaction that sees this tenant's rows only. The setting ends with the
   * transaction, so the connection carries nothing to the next request, through a pooler or not.
   */
  async run<T>(tenant: TenantId, work: (query: Query) => Promise<T>): Promise<T> {
    const prelude = sql`SELECT set_config('app.tenant_id', ${tenant}, true),
      set_config('statement_timeout', '5s', true),
      set_config('idle_in_transaction_session_timeout', '10s', true)`;
    return this.#pool.transaction(prelude, work);
  }

  /** The tenant that signs in under this name; undefined when there is none or it is suspended. */
  async bySlug(slug: string): Promise<TenantId | undefined> {
    const [row] = await this.#pool.rows<{ id: TenantId | null }>(
      sql`SELECT control.tenant_by_slug(${slug}) AS id`,
    );
    return row?.id ?? undefined;
  }
}
