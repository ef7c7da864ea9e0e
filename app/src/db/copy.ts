import type pg from 'pg';

import { columnList, homeTables } from './home-tables.ts';
import type { HomeTable } from './home-tables.ts';
import type { Side } from './proof.ts';

/** Rows that travel between two databases at once. */
const BATCH = 1_000;

/** Deletes what a home holds of a tenant, children first. Call it in a transaction that sees the tenant. */
export async function clearTenant({ client, schema }: Side, tenant: string): Promise<void> {
  for (const { name } of (await homeTables(client, schema)).reverse()) {
    await client.query(`DELETE FROM ${schema}.${name} WHERE tenant_id = $1`, [tenant]);
  }
}

/** Copies a tenant's rows, parents first. The target has none of them yet. */
export async function copyTenant(source: Side, target: Side, tenant: string): Promise<void> {
  for (const table of await homeTables(source.client, source.schema)) {
    if (source.client === target.client) await copyInside(source, target, table, tenant);
    else await copyAcross(source, target, table, tenant);
  }
}

async function copyInside(
  source: Side,
  target: Side,
  table: HomeTable,
  tenant: string,
): Promise<void> {
  const columns = columnList(table);
  await source.client.query(
    `INSERT INTO ${target.schema}.${table.name} (${columns})
     OVERRIDING SYSTEM VALUE
     SELECT ${columns} FROM ${source.schema}.${table.name} WHERE tenant_id = $1`,
    [tenant],
  );
}

/**
 * Between two databases every value travels as text, PostgreSQL's own form of it. The rows are put
 * together first and inserted by one statement, so that a row may point to one that comes later.
 */
async function copyAcross(
  source: Side,
  target: Side,
  table: HomeTable,
  tenant: string,
): Promise<void> {
  const columns = columnList(table);
  const real = `${target.schema}.${table.name}`;
  const cast = table.columns.map(({ type }, index) => `v${index}::${type}`).join(', ');
  const names = table.columns.map((_, index) => `v${index}`).join(', ');
  const arrays = table.columns.map((_, index) => `$${index + 1}::text[]`).join(', ');
  await target.client.query(
    `CREATE TEMP TABLE arriving ON COMMIT DROP AS SELECT ${columns} FROM ${real} WITH NO DATA`,
  );
  await source.client.query(
    `DECLARE leaving NO SCROLL CURSOR FOR
     SELECT ${table.columns.map(({ name }) => `${name}::text`).join(', ')}
       FROM ${source.schema}.${table.name} WHERE tenant_id = ${source.client.escapeLiteral(tenant)}`,
  );
  for (;;) {
    const { rows } = await fetchRows(source.client);
    if (rows.length === 0) break;
    await target.client.query(
      `INSERT INTO arriving SELECT ${cast} FROM unnest(${arrays}) AS row (${names})`,
      table.columns.map((_, index) => rows.map((row) => row[index])),
    );
  }
  await source.client.query('CLOSE leaving');
  await target.client.query(
    `INSERT INTO ${real} (${columns}) OVERRIDING SYSTEM VALUE SELECT ${columns} FROM arriving`,
  );
  await target.client.query('DROP TABLE arriving');
}

async function fetchRows(client: pg.Client): Promise<pg.QueryArrayResult<(string | null)[]>> {
  return client.query<(string | null)[]>({
    text: `FETCH ${BATCH} FROM leaving`,
    rowMode: 'array',
  });
}
