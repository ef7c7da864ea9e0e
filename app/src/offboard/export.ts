import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rename } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import { createGzip } from 'node:zlib';

import type { Db } from 'mongodb';

import { auditCollection } from '../audit-chain.ts';
import { columnList, homeTables } from '../db/home-tables.ts';
import type { Side } from '../db/proof.ts';

/** What was handed over to a tenant. */
export interface Export {
  readonly file: string;
  readonly sha256: string;
  /** Lines by table or collection. */
  readonly lines: Readonly<Record<string, number>>;
}

/** Nobody's to have, not even the tenant's: they are good for guessing passwords and for nothing else. */
const SECRET_TABLES: readonly string[] = ['password_history'];
const SECRET_COLUMNS: readonly string[] = ['password_hash'];
const BATCH = 1_000;

/**
 * Writes everything that a home and the document store hold of a tenant into a compressed file of
 * JSON lines, `{ table, row }` each. The file appears under its name only when it is complete.
 */
export async function exportTenant(
  side: Side,
  documents: Db,
  tenant: string,
  file: string,
): Promise<Export> {
  const lines: Record<string, number> = {};
  const hash = createHash('sha256');
  const partial = `${file}.partial`;
  const gzip = createGzip();
  gzip.on('data', (chunk: Buffer) => hash.update(chunk));
  const target = createWriteStream(partial, { mode: 0o600, flush: true });
  async function* all(): AsyncGenerator<string> {
    for await (const [table, row] of rows(side, documents, tenant)) {
      lines[table] = (lines[table] ?? 0) + 1;
      yield `${JSON.stringify({ table, row })}\n`;
    }
  }
  await pipeline(Readable.from(all()), gzip, target);
  await rename(partial, file);
  return { file, sha256: hash.digest('hex'), lines };
}

async function* rows(
  { client, schema }: Side,
  documents: Db,
  tenant: string,
): AsyncGenerator<[table: string, row: unknown]> {
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  await client.query(`SELECT set_config('app.tenant_id', $1, true)`, [tenant]);
  try {
    for (const table of await homeTables(client, schema)) {
      if (SECRET_TABLES.includes(table.name)) continue;
      const columns = table.columns.filter(({ name }) => !SECRET_COLUMNS.includes(name));
      await client.query(
        `DECLARE leaving NO SCROLL CURSOR FOR
         SELECT to_json(r) AS row FROM (SELECT ${columnList({ ...table, columns })}
           FROM ${schema}.${table.name} WHERE tenant_id = ${client.escapeLiteral(tenant)}) r`,
      );
      for (;;) {
        const page = await client.query<{ row: unknown }>(`FETCH ${BATCH} FROM leaving`);
        for (const { row } of page.rows) yield [table.name, row];
        if (page.rows.length === 0) break;
      }
      await client.query('CLOSE leaving');
    }
  } finally {
    await client.query('ROLLBACK');
  }
  for await (const event of auditCollection(documents).find({ tenantId: tenant })) {
    yield ['audit_events', event];
  }
}
