import { expect, test } from '@jest/globals';

import { guardTenants } from '../../../src/db/guard.ts';
import type { Homes } from '../../support/homes.ts';
import { placementOf } from './content.ts';

export function guardCases(homes: Homes): void {
  test('no tenant schema is served that would not keep its tenant apart, and the refusal says how to mend it', async () => {
    const [one, two] = [
      (await placementOf(homes, await homes.tenant('schema'))).home,
      (await placementOf(homes, await homes.tenant('schema'))).home,
    ];
    const pool = homes.pool(homes.database, 1);
    const mistakes: [string, string, string][] = [
      [
        `GRANT USAGE ON SCHEMA ${one} TO app_user`,
        `REVOKE USAGE ON SCHEMA ${one} FROM app_user`,
        `role app_user may use schema ${one} without taking its role on.`,
      ],
      [
        `GRANT USAGE ON SCHEMA ${one} TO ${two}`,
        `REVOKE USAGE ON SCHEMA ${one} FROM ${two}`,
        `role ${two} may use schema ${one}, another tenant's.`,
      ],
      [
        `ALTER ROLE ${one} LOGIN`,
        `ALTER ROLE ${one} NOLOGIN`,
        `schema ${one} needs a role ${one}, NOLOGIN`,
      ],
      [
        `ALTER ROLE ${two} BYPASSRLS`,
        `ALTER ROLE ${two} NOBYPASSRLS`,
        `role app_user, as a member of ${two}, can bypass row-level security.`,
      ],
      [
        `ALTER TABLE ${one}.users NO FORCE ROW LEVEL SECURITY`,
        `ALTER TABLE ${one}.users FORCE ROW LEVEL SECURITY`,
        `${one}.users lacks FORCE`,
      ],
      [
        `GRANT TRUNCATE ON ${one}.users TO ${one}`,
        `REVOKE TRUNCATE ON ${one}.users FROM ${one}`,
        `REVOKE TRUNCATE ON ${one}.users FROM ${one};`,
      ],
      [
        `ALTER TABLE ${two}.users ADD UNIQUE (id), ADD boss uuid CONSTRAINT boss REFERENCES ${two}.users (id)`,
        `ALTER TABLE ${two}.users DROP boss, DROP CONSTRAINT users_id_key`,
        `${two}.users: foreign key boss leaves tenant_id out`,
      ],
    ];
    try {
      await guardTenants(pool);
      for (const [broken] of mistakes) await homes.servers.admin(homes.database, broken);
      const said = await guardTenants(pool).catch((error: Error) => error.message);
      for (const [, , message] of mistakes) expect(said).toContain(message);
    } finally {
      for (const [, mend] of mistakes) await homes.servers.admin(homes.database, mend);
    }
    await guardTenants(pool);
    await pool.end();
  });

  test('a tenant database that would not keep its tenant apart is not served', async () => {
    const tenant = await homes.tenant('database');
    const { home } = await placementOf(homes, tenant);
    const db = homes.tenantDb();
    const read = () => db.read(tenant, () => Promise.resolve(true));
    try {
      await homes.servers.admin(home, 'ALTER TABLE app.users NO FORCE ROW LEVEL SECURITY');
      await expect(read()).rejects.toThrow('app.users lacks FORCE');
      await homes.servers.admin(home, 'ALTER TABLE app.users FORCE ROW LEVEL SECURITY');
      expect(await read()).toBe(true);
    } finally {
      await db.end();
    }
  });
}
