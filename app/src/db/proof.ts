import type pg from 'pg';

import { columnList, homeTables } from './home-tables.ts';
import type { HomeTable } from './home-tables.ts';

/** One tenant's rows in one table. The sums do not depend on the order and see a row that is there twice. */
export interface TableContent {
  readonly table: string;
  readonly columns: string;
  readonly rows: string;
  /** Sums of two 64-bit hashes of every row, as decimal numbers. */
  readonly sums: readonly [string, string];
}

/** Kept with the move. It holds when `problems` is empty. */
export interface Proof {
  readonly source: readonly TableContent[];
  readonly target: readonly TableContent[];
  readonly problems: readonly string[];
}

/** One side: a connection in a transaction that sees this tenant, and its schema. */
export interface Side {
  readonly client: pg.Client;
  readonly schema: string;
}

/** Compares what two homes hold of a tenant, and checks the target by itself. Call it in transactions. */
export async function prove(
  source: Side,
  target: Side,
  tenant: string,
  /** Whether the target is for this tenant alone. */
  alone: boolean,
): Promise<Proof> {
  const [before, after] = [await content(source, tenant), await content(target, tenant)];
  const tables = [...new Set([...before, ...after].map(({ table }) => table))].sort();
  const problems = tables.flatMap((table) => {
    const [one, two] = [before, after].map((side) => side.find((found) => found.table === table));
    if (one === undefined || two === undefined) return [`${table} is in one home only`];
    if (one.columns !== two.columns) return [`${table} has other columns`];
    if (one.rows !== two.rows) return [`${table} has ${two.rows} rows instead of ${one.rows}`];
    return one.sums.join() === two.sums.join() ? [] : [`${table} has other content`];
  });
  problems.push(...(await orphans(target)), ...(await sequences(target)));
  if (alone) problems.push(...(await strangers(target, tenant)));
  return { source: before, target: after, problems };
}

/** Counts and sums of every table, by name. */
export async function content({ client, schema }: Side, tenant: string): Promise<TableContent[]> {
  // What a value looks like as text depends on these.
  await client.query(`SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO, YMD';
    SET LOCAL intervalstyle = 'postgres'; SET LOCAL extra_float_digits = 1;
    SET LOCAL bytea_output = 'hex'`);
  const found: TableContent[] = [];
  for (const table of await homeTables(client, schema)) {
    const row = `ROW(${columnList(table)})::text`;
    const { rows } = await client.query<{ rows: string; one: string; two: string }>(
      `SELECT count(*) AS rows, coalesce(sum(hashtextextended(${row}, 1)), 0)::text AS one,
              coalesce(sum(hashtextextended(${row}, 2)), 0)::text AS two
         FROM ${schema}.${table.name} WHERE tenant_id = $1`,
      [tenant],
    );
    const { rows: count = '', one = '', two = '' } = rows[0] ?? {};
    found.push({ table: table.name, columns: described(table), rows: count, sums: [one, two] });
  }
  return found.sort((one, two) => one.table.localeCompare(two.table));
}

const described = ({ columns }: HomeTable) =>
  columns.map(({ name, type }) => `${name} ${type}`).join(', ');

/** Rows whose parent is missing: a constraint that was switched off or is not valid would allow them. */
async function orphans({ client, schema }: Side): Promise<string[]> {
  const keys = await client.query<{ name: string; statement: string }>(
    `SELECT k.conname AS name,
            format('SELECT count(*)::int AS rows FROM %s c WHERE %s AND NOT EXISTS (SELECT FROM %s p WHERE %s)',
              k.conrelid::regclass,
              string_agg(format('c.%I IS NOT NULL', a.attname), ' AND '),
              k.confrelid::regclass,
              string_agg(format('p.%I = c.%I', b.attname, a.attname), ' AND ')) AS statement
       FROM pg_constraint k
       CROSS JOIN unnest(k.conkey, k.confkey) AS pair (child, parent)
       JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = pair.child
       JOIN pg_attribute b ON b.attrelid = k.confrelid AND b.attnum = pair.parent
      WHERE k.contype = 'f' AND k.connamespace = $1::regnamespace
      GROUP BY k.oid, k.conname, k.conrelid, k.confrelid`,
    [schema],
  );
  const problems: string[] = [];
  for (const { name, statement } of keys.rows) {
    const { rows } = await client.query<{ rows: number }>(statement);
    if (rows[0]?.rows !== 0) problems.push(`${name} has ${rows[0]?.rows} rows without a parent`);
  }
  return problems;
}

/** Sequences that would give out a number that is taken. */
async function sequences({ client, schema }: Side): Promise<string[]> {
  const owned = await client.query<{ name: string; statement: string }>(
    `SELECT s.relname AS name,
            format('SELECT (SELECT coalesce(max(%I), 0) FROM %s) > (SELECT last_value FROM %s) AS behind',
                   a.attname, d.refobjid::regclass, s.oid::regclass) AS statement
       FROM pg_class s JOIN pg_depend d ON d.objid = s.oid AND d.deptype IN ('a', 'i')
       JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
      WHERE s.relkind = 'S' AND s.relnamespace = $1::regnamespace`,
    [schema],
  );
  const problems: string[] = [];
  for (const { name, statement } of owned.rows) {
    const { rows } = await client.query<{ behind: boolean }>(statement);
    if (rows[0]?.behind === true) problems.push(`sequence ${name} is behind its table`);
  }
  return problems;
}

/**
 * Rows of other tenants. The policies hide them from the owner too, so PostgreSQL is asked to accept
 * a constraint: its check reads every row. Only in a home that nobody uses yet, because it locks.
 */
async function strangers({ client, schema }: Side, tenant: string): Promise<string[]> {
  const problems: string[] = [];
  for (const { name } of await homeTables(client, schema)) {
    await client.query('SAVEPOINT strangers');
    try {
      await client.query(
        `ALTER TABLE ${schema}.${name} ADD CONSTRAINT no_strangers
           CHECK (tenant_id = ${client.escapeLiteral(tenant)}::uuid)`,
      );
    } catch (error) {
      if ((error as pg.DatabaseError).code !== '23514') throw error;
      problems.push(`${name} holds rows of another tenant`);
    }
    await client.query('ROLLBACK TO SAVEPOINT strangers');
  }
  return problems;
}
