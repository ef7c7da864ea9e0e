import { cpSync, appendFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from '@jest/globals';

import { migrate } from '../../../src/db/migrate.ts';
import { fillSpares, onboard } from '../../../src/db/onboard.ts';
import { connectOwner } from '../../../src/db/owner.ts';
import { sql } from '../../../src/db/pool.ts';
import type { Homes } from '../../support/homes.ts';
import { MIGRATIONS } from '../../support/homes.ts';

// Weaker ones let others read and write; what every transaction holds on itself is no object.
const STRONG = `mode NOT IN ('AccessShareLock', 'RowShareLock', 'RowExclusiveLock')
  AND locktype NOT IN ('transactionid', 'virtualxid')`;

export function onboardingCases(homes: Homes): void {
  test.each(['shared', 'schema', 'database'] as const)(
    'a sign-up in model %s holds no lock that a neighbour could feel',
    async (model) => {
      if (model !== 'shared') {
        await homes.declare(model, `t_spare${model}`);
        await fillSpares(homes.owner, model, 1, homes.options(), 0);
      }
      const client = await connectOwner(homes.target('app_migrator'));
      try {
        await client.query('BEGIN');
        const tenant = await onboard(client, { slug: `lock-${model}`, name: 'x', model });
        const held = await client.query(
          `SELECT locktype, mode, relation::regclass FROM pg_locks
            WHERE pid = pg_backend_pid() AND ${STRONG}`,
        );
        expect(held.rows).toEqual([]);
        await client.query('COMMIT');
        expect(
          await homes.db.read(tenant, (query) => query.rows(sql`SELECT id FROM users`)),
        ).toEqual([]);
      } finally {
        await client.end();
      }
    },
  );

  test('making a spare home locks nothing outside of it', async () => {
    const database = 'locks';
    const directory = join(homes.servers.directory, database);
    cpSync(MIGRATIONS, directory, { recursive: true });
    // Runs as the last statement of the migration, in its transaction.
    appendFileSync(
      join(directory, 'tenant/0001_users.up.sql'),
      `;CREATE TABLE held AS SELECT l.mode, c.relname, n.nspname FROM pg_locks l
          JOIN pg_class c ON c.oid = l.relation JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE l.pid = pg_backend_pid() AND ${STRONG}`,
    );
    await homes.servers.database(database);
    const options = { ...homes.options(directory), target: homes.target('app_migrator', database) };
    await migrate(options);
    await homes.declare('schema', 't_locks');
    const owner = await connectOwner(options.target);
    try {
      await fillSpares(owner, 'schema', 1, options, 0);
      const { rows } = await owner.query<{ home: string }>('SELECT home FROM control.homes');
      const home = rows[0]?.home ?? '';
      const all = await owner.query(`SELECT DISTINCT nspname FROM ${home}.held`);
      // TOAST tables belong to the new tables.
      expect(
        all.rows
          .map((row: { nspname: string }) => row.nspname)
          .filter((name) => name !== 'pg_toast'),
      ).toEqual([home]);
    } finally {
      await owner.end();
    }
  });

  test('two sign-ups at once get two homes, and the one too many is told what is missing', async () => {
    await homes.declare('schema', 't_twin1', 't_twin2');
    await fillSpares(homes.owner, 'schema', 2, homes.options(), 0);
    const clients = await Promise.all(
      [1, 2, 3].map(() => connectOwner(homes.target('app_migrator'))),
    );
    try {
      const results = await Promise.allSettled(
        clients.map((client, index) =>
          onboard(client, { slug: `twin-${index}`, name: 'x', model: 'schema' }),
        ),
      );
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
      expect(results.find(({ status }) => status === 'rejected')).toMatchObject({
        reason: {
          name: 'ProvisionError',
          message: expect.stringContaining('No spare schema is ready.'),
        },
      });
    } finally {
      await Promise.all(clients.map((client) => client.end()));
    }
  });

  test('without a declared role or database it says which right is missing and how to provide it', async () => {
    await expect(fillSpares(homes.owner, 'schema', 99, homes.options(), 0)).rejects.toThrow(
      /No role t_<key> is free .* \(no CREATEROLE\)\. Declare it: CREATE ROLE t_<key> NOLOGIN; GRANT/,
    );
    await expect(fillSpares(homes.owner, 'database', 99, homes.options(), 0)).rejects.toThrow(
      /No database t_<key> .* \(no CREATEDB\)\. Declare it: CREATE DATABASE t_<key> OWNER app_owner;/,
    );
  });
}
