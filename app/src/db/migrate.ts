import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import pg from 'pg';

import type { PostgresTarget } from '../config.ts';

/** A migration that must not or could not be applied. Nothing of it stays in the database. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
}

export interface MigrateOptions {
  readonly target: PostgresTarget;
  /** Holds `platform/` and `tenant/`, each with `NNNN_name.up.sql` files. */
  readonly directory: string;
  readonly log: (message: string) => void;
}

interface Migration {
  readonly version: string;
  readonly file: string;
  readonly checksum: string;
  readonly text: string;
}

/** The owner of every table. The migrator signs in as itself and takes this role on. */
const OWNER = 'app_owner';
const HOMES = [
  { list: 'platform', schema: 'control' },
  { list: 'tenant', schema: 'app' },
] as const;
const ADVISORY_LOCK = 7_236_001;
/** A table in use must not queue every other statement behind the migration for long. */
const LOCK_TIMEOUT = '2s';
const LOCK_ATTEMPTS = 5;

/** Applies what is missing, oldest first, and returns the names; a second run returns none. */
export async function migrate(options: MigrateOptions): Promise<string[]> {
  const client = await connectOwner(options.target);
  try {
    // Two jobs at once: the second waits, then finds nothing to do. The lock ends with the connection.
    await client.query("SET lock_timeout = '120s'");
    await client.query('SELECT pg_advisory_lock($1)', [ADVISORY_LOCK]);
    const applied: string[] = [];
    for (const { list, schema } of HOMES) {
      const known = readMigrations(join(options.directory, list));
      const missing = await pending(client, schema, known, list, options.log);
      for (const migration of missing) {
        const ms = await apply(client, schema, migration);
        options.log(`applied ${list}/${migration.file} in ${ms} ms`);
        applied.push(`${list}/${migration.file}`);
      }
    }
    return applied;
  } finally {
    await client.end();
  }
}

/** A connection that acts as the owner of the tables; the caller ends it. */
export async function connectOwner(target: PostgresTarget): Promise<pg.Client> {
  const client = new pg.Client({
    ...target,
    application_name: 'migrate',
    connectionTimeoutMillis: 10_000,
  });
  await client.connect();
  try {
    await client.query(`SET ROLE ${OWNER}`);
  } catch (error) {
    await client.end();
    throw new MigrationError(
      `${target.user} cannot act as ${OWNER} (${(error as Error).message}). GRANT ${OWNER} TO ${target.user};`,
    );
  }
  return client;
}

function readMigrations(directory: string): Migration[] {
  return readdirSync(directory)
    .filter((file) => /^\d{4}_[a-z0-9_]+\.up\.sql$/.test(file))
    .sort()
    .map((file) => {
      const text = readFileSync(join(directory, file), 'utf8');
      const checksum = createHash('sha256').update(text).digest('hex');
      return { version: file.slice(0, 4), file, checksum, text };
    });
}

async function pending(
  client: pg.Client,
  schema: string,
  known: readonly Migration[],
  list: string,
  log: (message: string) => void,
): Promise<Migration[]> {
  await client.query(`CREATE SCHEMA IF NOT EXISTS ${schema}`);
  await client.query(`GRANT USAGE ON SCHEMA ${schema} TO app_user, app_platform`);
  await client.query(`CREATE TABLE IF NOT EXISTS ${schema}.schema_migrations (
    version text PRIMARY KEY, checksum text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now(), ms integer NOT NULL)`);
  const { rows } = await client.query<{ version: string; checksum: string }>(
    `SELECT version, checksum FROM ${schema}.schema_migrations`,
  );
  const ledger = new Map(rows.map((row) => [row.version, row.checksum]));
  for (const { version, file, checksum } of known) {
    const recorded = ledger.get(version);
    if (recorded !== undefined && recorded !== checksum) {
      throw new MigrationError(
        `${list}/${file} was changed after it had been applied. Restore the file and write the change as a new version.`,
      );
    }
  }
  const newest = known.at(-1)?.version ?? '0000';
  for (const version of ledger.keys()) {
    if (known.some((migration) => migration.version === version)) continue;
    if (version < newest) {
      throw new MigrationError(`${list}/${version} is applied here but is not in this release.`);
    }
    // An older release beside a newer schema is what a rollback of the application looks like.
    log(`${list}/${version} is newer than this release; left as it is`);
  }
  return known.filter(({ version }) => !ledger.has(version));
}

/** One version, one transaction; returns its milliseconds. */
async function apply(client: pg.Client, schema: string, migration: Migration): Promise<number> {
  for (let attempt = 1; ; attempt += 1) {
    const started = performance.now();
    try {
      await client.query('BEGIN');
      await client.query(`SET LOCAL lock_timeout = '${LOCK_TIMEOUT}'`);
      await client.query(`SET LOCAL search_path = ${schema}, pg_catalog, pg_temp`);
      await client.query(migration.text);
      const ms = Math.round(performance.now() - started);
      await client.query(
        `INSERT INTO ${schema}.schema_migrations (version, checksum, ms) VALUES ($1, $2, $3)`,
        [migration.version, migration.checksum, ms],
      );
      await client.query('COMMIT');
      return ms;
    } catch (error) {
      await client.query('ROLLBACK').catch(() => undefined);
      const locked = (error as pg.DatabaseError).code === '55P03';
      if (!locked || attempt === LOCK_ATTEMPTS) {
        throw new MigrationError(`${migration.file}: ${(error as Error).message}. Rolled back.`);
      }
      await sleep(attempt * 1_000);
    }
  }
}
