import type pg from 'pg';

import type { PostgresTarget } from '../config.ts';
import { connectOwner } from './owner.ts';
import { SHARED } from './placement.ts';
import type { Home } from './placement.ts';

/** Every home beside the shared one, those in the making, spare or kept for an undo included. */
export async function listHomes(main: pg.Client): Promise<Home[]> {
  const there = await main.query<{ there: boolean }>(
    `SELECT to_regclass('control.homes') IS NOT NULL AS there`,
  );
  if (there.rows[0]?.there !== true) return [];
  const { rows } = await main.query<Home>(
    'SELECT model, home FROM control.homes ORDER BY model DESC, home',
  );
  return rows;
}

/** Runs `work` on a connection to the database of a home, as owner; in it no other run touches it. */
export async function withHome<T>(
  target: PostgresTarget,
  home: Home,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const database = home.model === 'database' ? home.home : undefined;
  const client = await connectOwner(target, database);
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Waits until no other run works on this home. The lock ends with the connection. */
export async function lockHome(client: pg.Client, home: Home = SHARED): Promise<void> {
  // Two jobs at once: the second waits, then finds nothing to do.
  await client.query("SET lock_timeout = '120s'");
  // The shared home keeps the key of earlier releases, so that one waits for the other.
  if (home.model === 'shared') await client.query('SELECT pg_advisory_lock($1)', [ADVISORY_LOCK]);
  else {
    await client.query('SELECT pg_advisory_lock($1, hashtext($2))', [ADVISORY_LOCK, home.home]);
  }
}

const ADVISORY_LOCK = 7_236_001;
