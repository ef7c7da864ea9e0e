import { setTimeout as sleep } from 'node:timers/promises';

import type pg from 'pg';

import { grantLikeUser } from './home-grants.ts';
import { MigrationError } from './migration-files.ts';
import type { List, Migration } from './migration-files.ts';
import { nameOf, schemaOf, SHARED } from './placement.ts';
import type { Home } from './placement.ts';

/** One schema that a list of migrations is applied to, with a ledger of its own. */
export interface Target {
  readonly list: List;
  readonly home: Home;
}

/** A table in use must not queue every other statement behind the migration for long. */
const LOCK_TIMEOUT = '2s';
const LOCK_ATTEMPTS = 5;

export const schemaOfTarget = ({ list, home }: Target): string =>
  list === 'platform' ? 'control' : schemaOf(home);

/** `tenant/` in the shared home, elsewhere with the home before it: `schema t_a1: tenant/`. */
export const prefixOf = ({ list, home }: Target): string =>
  `${home.model === SHARED.model ? '' : `${nameOf(home)}: `}${list}/`;

/** Version and checksum of what is applied; undefined where there is no ledger yet. */
export async function readLedger(
  client: pg.Client,
  schema: string,
): Promise<Map<string, string> | undefined> {
  const ledger = `${schema}.schema_migrations`;
  const there = await client.query<{ there: boolean }>(
    'SELECT to_regclass($1) IS NOT NULL AS there',
    [ledger],
  );
  if (there.rows[0]?.there !== true) return undefined;
  const { rows } = await client.query<{ version: string; checksum: string }>(
    `SELECT version, checksum FROM ${ledger}`,
  );
  return new Map(rows.map((row) => [row.version, row.checksum]));
}

/** Makes the schema and its ledger where they are missing, and tells what is to be applied. */
export async function pending(
  client: pg.Client,
  target: Target,
  known: readonly Migration[],
  log: (message: string) => void,
): Promise<Migration[]> {
  const schema = schemaOfTarget(target);
  const prefix = prefixOf(target);
  const user = target.home.model === 'schema' ? target.home.home : 'app_user';
  await client.query(`CREATE SCHEMA IF NOT EXISTS ${schema}`);
  await client.query(`GRANT USAGE ON SCHEMA ${schema} TO ${user}, app_platform`);
  await client.query(`CREATE TABLE IF NOT EXISTS ${schema}.schema_migrations (
    version text PRIMARY KEY, checksum text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now(), ms integer NOT NULL)`);
  const ledger = (await readLedger(client, schema)) ?? new Map<string, string>();
  for (const { version, file, checksum } of known) {
    const recorded = ledger.get(version);
    if (recorded !== undefined && recorded !== checksum) {
      throw new MigrationError(
        `${prefix}${file} was changed after it had been applied. Restore the file and write the change as a new version.`,
      );
    }
  }
  const newest = known.at(-1)?.version ?? '0000';
  for (const version of ledger.keys()) {
    if (known.some((migration) => migration.version === version)) continue;
    if (version < newest) {
      throw new MigrationError(`${prefix}${version} is applied here but is not in this release.`);
    }
    // An older release beside a newer schema is what a rollback of the application looks like.
    log(`${prefix}${version} is newer than this release; left as it is`);
  }
  return known.filter(({ version }) => !ledger.has(version));
}

/** One version, one transaction; returns its milliseconds. */
export async function apply(
  client: pg.Client,
  target: Target,
  migration: Migration,
): Promise<number> {
  const started = performance.now();
  await change(client, target, migration.file, async (schema) => {
    await client.query(migration.text);
    if (target.home.model === 'schema') await grantLikeUser(client, schema);
    await client.query(
      `INSERT INTO ${schema}.schema_migrations (version, checksum, ms) VALUES ($1, $2, $3)`,
      [migration.version, migration.checksum, Math.round(performance.now() - started)],
    );
  });
  return Math.round(performance.now() - started);
}

/** Takes one version back, in one transaction. */
export async function revert(
  client: pg.Client,
  target: Target,
  migration: Migration,
): Promise<void> {
  const file = migration.file.replace('.up.sql', '.down.sql');
  const { down } = migration;
  if (down === undefined) throw new MigrationError(`${prefixOf(target)}${file} does not exist.`);
  await change(client, target, file, async (schema) => {
    await client.query(down);
    if (target.home.model === 'schema') await grantLikeUser(client, schema);
    await client.query(`DELETE FROM ${schema}.schema_migrations WHERE version = $1`, [
      migration.version,
    ]);
  });
}

async function change(
  client: pg.Client,
  target: Target,
  file: string,
  work: (schema: string) => Promise<void>,
): Promise<void> {
  const schema = schemaOfTarget(target);
  for (let attempt = 1; ; attempt += 1) {
    try {
      await client.query('BEGIN');
      await client.query(`SET LOCAL lock_timeout = '${LOCK_TIMEOUT}'`);
      await client.query(`SET LOCAL search_path = ${schema}, pg_catalog, pg_temp`);
      await work(schema);
      await client.query('COMMIT');
      return;
    } catch (error) {
      await client.query('ROLLBACK').catch(() => undefined);
      const locked = (error as pg.DatabaseError).code === '55P03';
      if (!locked || attempt === LOCK_ATTEMPTS) {
        const where = target.home.model === 'shared' ? '' : `${nameOf(target.home)}: `;
        throw new MigrationError(`${where}${file}: ${(error as Error).message}. Rolled back.`);
      }
      await sleep(attempt * 1_000);
    }
  }
}
