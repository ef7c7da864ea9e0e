import { appendFileSync, cpSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { beforeAll, expect, test } from '@jest/globals';

import { migrateDown } from '../../../src/db/migrate-down.ts';
import { migrationStatus, printStatus } from '../../../src/db/migrate-status.ts';
import { migrate } from '../../../src/db/migrate.ts';
import { fillSpares } from '../../../src/db/onboard.ts';
import { connectOwner } from '../../../src/db/owner.ts';
import type { Homes } from '../../support/homes.ts';
import { MIGRATIONS } from '../../support/homes.ts';

const HOMES = 7;

export function fanOutCases(homes: Homes): void {
  const database = 'fanout';
  const directory = join(homes.servers.directory, database);
  const options = () => ({
    ...homes.options(directory),
    target: homes.target('app_migrator', database),
  });
  const up = (version: string) => join(directory, `tenant/${version}_more.up.sql`);
  /** The states of one version: the shared home's first, then those of the others. */
  const states = async (version: string) =>
    (await migrationStatus(options())).map(({ versions }) => versions[`tenant/${version}`]);
  const all = (state: string | undefined) => Array.from({ length: HOMES + 1 }, () => state);

  beforeAll(async () => {
    cpSync(MIGRATIONS, directory, { recursive: true });
    await homes.servers.database(database);
    await migrate(options());
    await homes.declare('schema', ...Array.from({ length: HOMES }, (_, index) => `t_fan${index}`));
    const owner = await connectOwner(options().target);
    await fillSpares(owner, 'schema', HOMES, options(), 0).finally(() => owner.end());
  }, 60_000);

  test('a migration that fails in the first home reaches no other one', async () => {
    writeFileSync(up('9001'), 'SELECT 1 / 0');
    await expect(migrate(options())).rejects.toThrow(
      '9001_more.up.sql: division by zero. Rolled back.',
    );
    expect(await states('9001')).toEqual(all('pending'));
    rmSync(up('9001'));
  });

  test('one that fails in a later home stops there, says where, and goes on when it is mended', async () => {
    const [, bad = ''] = (await migrationStatus(options())).map(({ home }) =>
      home.replace('schema ', ''),
    );
    writeFileSync(
      up('9001'),
      `CREATE TABLE more (id int);
       DO $$ BEGIN IF current_schema() = '${bad}' AND to_regclass('public.mended') IS NULL
         THEN RAISE EXCEPTION 'not here'; END IF; END $$`,
    );
    writeFileSync(join(directory, 'tenant/9001_more.down.sql'), 'DROP TABLE more');
    await expect(migrate(options())).rejects.toThrow(
      `schema ${bad}: 9001_more.up.sql: not here. Rolled back.`,
    );
    const after = await states('9001');
    expect(after.slice(0, 2)).toEqual(['applied', 'pending']);
    const left = after.filter((state) => state === 'pending').length;
    await homes.servers.admin(database, 'CREATE TABLE public.mended ()');
    expect(await migrate(options())).toHaveLength(left);
    expect(await states('9001')).toEqual(all('applied'));
  });

  test('a step down is taken in every home, and up again', async () => {
    expect(await migrateDown(options(), 'tenant')).toHaveLength(HOMES + 1);
    expect(await states('9001')).toEqual(all('pending'));
    expect(await migrate(options())).toHaveLength(HOMES + 1);
  });

  test('homes that another release would not know are not taken from under their tenants', async () => {
    // Later versions know nothing of homes and go; the one that brought them stays.
    const down = async (): Promise<void> => {
      for (let step = 0; step < 9; step += 1) await migrateDown(options(), 'platform');
    };
    await expect(down()).rejects.toThrow(
      'there are homes beside the shared one, or a tenant is being moved. Rolled back.',
    );
    await migrate(options());
  });

  test('the status tells drift: what was changed, what is missing and what is unknown', async () => {
    appendFileSync(up('9001'), '-- later');
    writeFileSync(up('9002'), 'SELECT 1');
    expect(await states('9001')).toEqual(all('changed'));
    expect(await states('9002')).toEqual(all('pending'));
    rmSync(up('9001'));
    const statuses = await migrationStatus(options());
    expect(statuses.map(({ versions }) => versions['tenant/9001'])).toEqual(all('unknown'));
    expect(printStatus(statuses).split('\n')[0]).toMatch(
      /^home +platform\/0001 .*tenant\/9001 +tenant\/9002$/,
    );
    expect(printStatus(statuses)).toMatch(/^shared +applied .*unknown +pending$/m);
  });
}
