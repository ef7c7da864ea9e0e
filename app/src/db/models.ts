import { SHARED } from './placement.ts';
import type { Model, Placement } from './placement.ts';
import type { Sql } from './pool.ts';
import { sql } from './pool.ts';
import type { TenantId } from './tenancy.ts';

/** How one model gives a transaction its rows and no others. */
interface IsolationModel {
  /** Searched for unqualified table names. */
  readonly schema: (placement: Placement) => string;
  /** Taken on for the transaction; `none` stays the role that signed in. */
  readonly role: (placement: Placement) => string;
  /** Undefined for the main database. */
  readonly database: (placement: Placement) => string | undefined;
}

export const ISOLATION: Readonly<Record<Model, IsolationModel>> = {
  shared: {
    schema: () => SHARED.home,
    role: () => 'none',
    database: () => undefined,
  },
  // The role and not the search_path is the wall: it has no rights in any other schema.
  schema: {
    schema: ({ home }) => home,
    role: ({ home }) => home,
    database: () => undefined,
  },
  database: {
    schema: () => SHARED.home,
    role: () => 'none',
    database: ({ home }) => home,
  },
};

/**
 * The statement that begins a tenant's transaction. All of it ends with the transaction, so the
 * connection carries nothing to the next request, through a pooler or not. pg_temp comes last: first,
 * as it is by default, a temporary table could stand in for a real one.
 */
export function prelude(tenant: TenantId, placement: Placement, writing: boolean): Sql {
  const { schema, role } = ISOLATION[placement.model];
  return sql`SELECT control.enter_tenant(${tenant}, ${placement.epoch}, ${writing}),
    set_config('app.tenant_id', ${tenant}, true),
    set_config('search_path', ${`${schema(placement)}, pg_temp`}, true),
    set_config('statement_timeout', '5s', true),
    set_config('idle_in_transaction_session_timeout', '10s', true),
    set_config('role', ${role(placement)}, true)`;
}

/** The same for the tenant that is none: no row has its id, and none can be written. */
export const noTenant: Sql = sql`SELECT set_config('app.tenant_id', '', true),
    set_config('search_path', 'app, pg_temp', true),
    set_config('statement_timeout', '5s', true),
    set_config('idle_in_transaction_session_timeout', '10s', true)`;
