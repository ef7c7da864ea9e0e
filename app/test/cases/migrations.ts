import { appendFileSync, cpSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from '@jest/globals';

import { migrate } from '../../src/db/migrate.ts';
import { ACCOUNTS, App } from '../support/app.ts';
import type { World } from '../support/world.ts';

export function migrationCases(world: World): void {
  const { servers } = world;
  let directory = '';
  let database = '';
  let count = 0;
  const released = ['platform', 'tenant'].flatMap((list) =>
    readdirSync(join(process.cwd(), 'app/migrations', list))
      .filter((file) => file.endsWith('.up.sql'))
      .sort()
      .map((file) => `${list}/${file}`),
  );
  const tenantVersions = released.filter((file) => file.startsWith('tenant/')).length;

  beforeEach(async () => {
    count += 1;
    database = `migrations_${count}`;
    directory = join(servers.directory, database);
    cpSync(join(process.cwd(), 'app/migrations'), directory, { recursive: true });
    await servers.database(database);
  });
  afterEach(async () => {
    rmSync(directory, { recursive: true });
    await servers.admin('postgres', `DROP DATABASE ${database}`);
  });

  const up = (log: (message: string) => void = () => undefined) => {
    return migrate({ target: servers.target('app_migrator', database), directory, log });
  };
  const ledger = async () =>
    (
      await servers.admin(
        database,
        'SELECT version, checksum, applied_at FROM app.schema_migrations',
      )
    ).rows as Record<string, unknown>[];

  test('migrating twice changes nothing', async () => {
    expect(await up()).toEqual(released);
    const before = await ledger();
    expect(await up()).toEqual([]);
    expect(await ledger()).toEqual(before);
    const owners = await servers.admin(
      database,
      `SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname IN ('app', 'control')`,
    );
    expect(owners.rows).toEqual([{ tableowner: 'app_owner' }]);
  });

  test('two jobs at once apply every version once', async () => {
    const applied = await Promise.all([up(), up()]);
    expect(applied.map(({ length }) => length).sort()).toEqual([0, released.length]);
  });

  test('a file that was changed after it had been applied is refused', async () => {
    await up();
    appendFileSync(join(directory, 'tenant/0001_users.up.sql'), '\n-- later\n');
    await expect(up()).rejects.toThrow(
      'tenant/0001_users.up.sql was changed after it had been applied. Restore the file and write the change as a new version.',
    );
  });

  test('a version that fails leaves nothing behind, and the ones before it stay', async () => {
    const file = join(directory, 'tenant/9002_broken.up.sql');
    writeFileSync(file, 'CREATE TABLE half (id int); SELECT 1 / 0;');
    await expect(up()).rejects.toThrow('9002_broken.up.sql: division by zero. Rolled back.');
    const { rows } = await servers.admin(database, `SELECT to_regclass('app.half') AS half`);
    expect(rows).toEqual([{ half: null }]);
    expect(await ledger()).toHaveLength(tenantVersions);
    writeFileSync(file, 'CREATE TABLE whole (id int)');
    expect(await up()).toEqual(['tenant/9002_broken.up.sql']);
  });

  test('an older release leaves a newer schema as it is; a hole in the list is refused', async () => {
    const add = (version: string) =>
      writeFileSync(join(directory, `tenant/${version}_more.up.sql`), 'SELECT 1');
    add('9002');
    add('9003');
    await up();
    const messages: string[] = [];
    rmSync(join(directory, 'tenant/9003_more.up.sql'));
    expect(await up((message) => messages.push(message))).toEqual([]);
    expect(messages).toEqual(['tenant/9003 is newer than this release; left as it is']);
    add('9003');
    rmSync(join(directory, 'tenant/9002_more.up.sql'));
    await expect(up()).rejects.toThrow('tenant/9002 is applied here but is not in this release.');
  });

  test('the demo accounts are made once, and a changed password is taken over', async () => {
    const users = async () =>
      (await servers.admin(database, 'SELECT id, email, password_hash FROM app.users ORDER BY id'))
        .rows as Record<string, unknown>[];
    const run = async (accounts: object[]) => {
      const DEMO_SEED_FILE = servers.file(`${database}.json`, accounts);
      const { process } = await App.spawn(servers, 'migrate', { DEMO_SEED_FILE }, database);
      expect([await process.ended(), process.output]).toEqual([
        0,
        expect.stringContaining('demo accounts'),
      ]);
    };
    const { acme, globex } = ACCOUNTS;
    await run([acme, globex]);
    const before = await users();
    expect(before).toHaveLength(2);
    await run([acme, globex]);
    expect(await users()).toEqual(before);
    await run([{ ...acme, password: 'Another-horse-3' }, globex]);
    const after = await users();
    expect(after.map(({ id }) => id)).toEqual(before.map(({ id }) => id));
    expect(after[0]?.['password_hash']).not.toBe(before[0]?.['password_hash']);
    expect(after[1]).toEqual(before[1]);
  });
}
