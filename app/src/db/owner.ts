import pg from 'pg';

import type { PostgresTarget } from '../config.ts';
import { MigrationError } from './migration-files.ts';

/** The owner of every table. The migrator signs in as itself and takes this role on. */
export const OWNER = 'app_owner';

/** A connection that acts as the owner of the tables; the caller ends it. */
export async function connectOwner(target: PostgresTarget, database?: string): Promise<pg.Client> {
  const client = new pg.Client({
    ...target,
    ...(database === undefined ? {} : { database }),
    application_name: 'migrate',
    connectionTimeoutMillis: 10_000,
  });
  // A connection that breaks fails the statement in hand; unhandled, it would end the process as well.
  client.on('error', () => undefined);
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
