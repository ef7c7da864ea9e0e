import type pg from 'pg';

import type { Model } from './placement.ts';

/** What is known about a tenant and about the cluster that will hold it. */
export interface Situation {
  /** Shared is for everyone; strict needs walls made of rights; dedicated needs its own database. */
  readonly isolation: 'shared' | 'strict' | 'dedicated';
  /** Rows the tenant has or will soon have. */
  readonly rows: number;
  /** True when those rows are searched by text or JSON, which row-level security keeps off indexes. */
  readonly searched: boolean;
  /** Schemas and databases there are already. */
  readonly schemas: number;
  readonly databases: number;
  /** Memory of the server in bytes, and the backends that work for the API at once. */
  readonly memory: number;
  readonly connections: number;
}

/** A schema costs each backend that touches it this much; measured with nine tables. In bytes. */
const CACHE_PER_SCHEMA = 160_000;
/** Of the server's memory, what the catalogue caches of all backends may take. */
const CACHE_SHARE = 1 / 4;
/** Each database has pools and backends of its own. */
const MAX_DATABASES = 50;
/** From here on a scan of the tenant's rows is felt. */
const SEARCHED_ROWS = 100_000;

/** How many schemas the server bears before the caches of its backends fill a quarter of its memory. */
export function schemaCeiling({
  memory,
  connections,
}: Pick<Situation, 'memory' | 'connections'>): number {
  return Math.floor((memory * CACHE_SHARE) / (Math.max(connections, 1) * CACHE_PER_SCHEMA));
}

/**
 * The cheapest model that keeps what the tenant needs. A need that no longer fits is not lowered in
 * silence: strict goes up to a database, and where that is full as well the function throws.
 */
export function chooseModel(situation: Situation): Model {
  const { isolation, rows, searched, schemas, databases } = situation;
  const schemaFits = schemas < schemaCeiling(situation);
  const databaseFits = databases < MAX_DATABASES;
  if (isolation === 'dedicated') {
    if (databaseFits) return 'database';
    throw new RangeError(`${MAX_DATABASES} databases are in use; this cluster takes no more.`);
  }
  if (isolation === 'strict') {
    if (schemaFits) return 'schema';
    if (databaseFits) return 'database';
    throw new RangeError('Neither another schema nor another database fits this cluster.');
  }
  return searched && rows > SEARCHED_ROWS && schemaFits ? 'schema' : 'shared';
}

/** {@link chooseModel} for a new tenant, which has no rows yet, as the cluster is at this moment. */
export async function modelFor(
  main: pg.Client,
  isolation: Situation['isolation'],
  memory: number,
): Promise<Model> {
  const { rows } = await main.query<Pick<Situation, 'schemas' | 'databases' | 'connections'>>(
    `SELECT count(*) FILTER (WHERE model = 'schema')::int AS schemas,
            count(*) FILTER (WHERE model = 'database')::int AS databases,
            current_setting('max_connections')::int AS connections
       FROM control.tenants`,
  );
  const { schemas = 0, databases = 0, connections = 1 } = rows[0] ?? {};
  return chooseModel({
    ...{ isolation, rows: 0, searched: false },
    ...{ schemas, databases, memory, connections },
  });
}
