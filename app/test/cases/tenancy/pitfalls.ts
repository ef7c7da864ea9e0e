import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type pg from 'pg';

import { guardTenants } from '../../../src/db/guard.ts';
import type { TenantId } from '../../../src/db/tenancy.ts';
import type { Homes } from '../../support/homes.ts';
import { addUser } from './models.ts';

/** Ways past row-level security that PostgreSQL leaves open by default; `app/ISOLATION.md` lists them all. */
export function pitfallCases(homes: Homes): void {
  let [mine, other] = ['', ''] as [TenantId, TenantId];
  let client: pg.Client;
  beforeAll(async () => {
    [mine, other] = [await homes.tenant('shared'), await homes.tenant('shared')];
    for (const tenant of [mine, other]) {
      await homes.db.run(tenant, (query) => addUser(query, tenant, `ann@${tenant}.test`));
    }
    await homes.servers.admin(homes.database, 'ANALYZE app.users');
    client = await homes.servers.client('app_user', homes.database);
  });
  afterAll(() => client.end());

  /** Runs statements as the application in one transaction of a tenant; the last one's rows or its error. */
  const as = async (
    tenant: string | null,
    ...statements: string[]
  ): Promise<unknown[] | string> => {
    await client.query('BEGIN');
    try {
      await client.query("SELECT set_config('app.tenant_id', $1, true)", [tenant]);
      let rows: unknown[] = [];
      for (const statement of statements) ({ rows } = await client.query(statement));
      return rows;
    } catch (error) {
      return (error as Error).message;
    } finally {
      await client.query('ROLLBACK');
    }
  };
  const COUNT = 'SELECT count(*)::int AS n FROM app.users';

  test('no tenant, an empty one, one that does not exist and garbage see nothing', async () => {
    expect(await as(mine, COUNT)).toEqual([{ n: 1 }]);
    for (const tenant of [null, '', randomUUID()])
      expect(await as(tenant, COUNT)).toEqual([{ n: 0 }]);
    for (const tenant of ['garbage', `${mine}'`, `${mine},${other}`, '*']) {
      expect(await as(tenant, COUNT)).toContain('invalid input syntax for type uuid');
    }
    const fresh = await homes.servers.client('app_user', homes.database);
    try {
      expect((await fresh.query(COUNT)).rows).toEqual([{ n: 0 }]);
    } finally {
      await fresh.end();
    }
  });

  test('a function that tells what it is given, and an error that quotes it, meet own rows only', async () => {
    const notices: string[] = [];
    const listen = (notice: { message?: string | undefined }) => notices.push(notice.message ?? '');
    client.on('notice', listen);
    const leak = `CREATE FUNCTION pg_temp.leak(text) RETURNS boolean LANGUAGE plpgsql COST 0.0000001
      AS $$ BEGIN RAISE NOTICE '%', $1; RETURN true; END $$`;
    await as(mine, leak, 'SELECT id FROM app.users WHERE pg_temp.leak(email)');
    client.off('notice', listen);
    expect(notices).toEqual([`ann@${mine}.test`]);
    for (const trick of [
      'SELECT id FROM app.users WHERE email::int = 1',
      `SELECT id FROM app.users WHERE 1 / (CASE WHEN email LIKE 'ann@${other}%' THEN 0 ELSE 1 END) = 1`,
      `SELECT id FROM app.users WHERE CASE WHEN tenant_id = '${other}' THEN email::int ELSE 1 END = 1`,
    ]) {
      expect(JSON.stringify(await as(mine, trick))).not.toContain(other);
    }
    // With the own row the same trick works: it is the policy that keeps the other one out.
    expect(await as(mine, 'SELECT email::int FROM app.users')).toContain(mine);
  });

  test('neither COPY nor row_security = off leads past the policies', async () => {
    expect(await as(mine, 'COPY app.users FROM STDIN')).toBe(
      'COPY FROM not supported with row-level security',
    );
    expect(await as(mine, 'SET LOCAL row_security = off', COUNT)).toContain(
      'query would be affected by row-level security policy',
    );
    for (const setting of [
      'SET LOCAL session_replication_role = replica',
      'SET SESSION AUTHORIZATION app_owner',
    ]) {
      expect(await as(mine, setting)).toContain('permission denied');
    }
  });

  test('a reference cannot lead to another tenant’s row, tells nothing about it, and its deletion deletes nothing here', async () => {
    const org = randomUUID();
    const add = (tenant: string) =>
      `INSERT INTO app.organizations (tenant_id, id, name) VALUES ('${tenant}', '${org}', 'Same')`;
    const department = (orgId: string) =>
      `INSERT INTO app.departments (tenant_id, id, org_id, name) VALUES ('${mine}', gen_random_uuid(), '${orgId}', 'D')`;
    await homes.servers.admin(homes.database, add(other));
    const [foreign, missing] = [
      await as(mine, department(org)),
      await as(mine, department(randomUUID())),
    ];
    expect(foreign).toBe(missing);
    expect(foreign).toContain('violates foreign key constraint "departments_org"');
    // The very same identifier in both tenants: deleting there must not reach over here.
    await homes.servers.admin(homes.database, add(mine), department(org));
    await as(other, `DELETE FROM app.organizations WHERE id = '${org}'`, 'COMMIT', 'BEGIN');
    expect(await as(mine, 'SELECT name FROM app.departments')).toEqual([{ name: 'D' }]);
    await homes.servers.admin(homes.database, `DELETE FROM app.organizations WHERE id = '${org}'`);
  });

  test('ON CONFLICT neither changes another tenant’s row nor tells that it is there', async () => {
    const insert = (conflict: string) =>
      `INSERT INTO app.users (tenant_id, id, email, name, password_hash)
       SELECT '${mine}', gen_random_uuid(), 'ann@${other}.test', 'Mine', '-' ${conflict} RETURNING name`;
    for (const conflict of [
      '',
      'ON CONFLICT DO NOTHING',
      "ON CONFLICT (tenant_id, email) DO UPDATE SET name = 'Taken'",
    ]) {
      expect([conflict, await as(mine, insert(conflict))]).toEqual([conflict, [{ name: 'Mine' }]]);
    }
  });

  test('statistics about all tenants’ rows are out of the application’s sight', async () => {
    for (const view of ['pg_stats', 'pg_stats_ext']) {
      expect([view, await as(mine, `SELECT * FROM ${view} WHERE schemaname = 'app'`)]).toEqual([
        view,
        [],
      ]);
    }
    expect(await as(mine, 'SELECT * FROM pg_statistic')).toContain('permission denied');
    expect(await as(mine, 'SELECT * FROM pg_largeobject')).toContain('permission denied');
  });

  test('views, functions, keys, partitions and rights that would lead past the policies keep the API from starting, each with its remedy', async () => {
    const pool = homes.pool(homes.database, 1);
    const mistakes: [broken: string, mend: string, message: string][] = [
      [
        'CREATE VIEW app.everybody AS SELECT * FROM app.users',
        'DROP VIEW app.everybody',
        'ALTER VIEW app.everybody SET (security_invoker = true);',
      ],
      [
        'CREATE MATERIALIZED VIEW app.kept AS SELECT * FROM app.users',
        'DROP MATERIALIZED VIEW app.kept',
        'DROP MATERIALIZED VIEW app.kept;',
      ],
      [
        `CREATE FUNCTION app.peek() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'SELECT count(*) FROM app.users'`,
        'DROP FUNCTION app.peek()',
        'app.peek() can be led astray. ALTER FUNCTION app.peek() SET search_path',
      ],
      [
        'GRANT EXECUTE ON FUNCTION control.tenant_by_slug(text) TO PUBLIC',
        'REVOKE ALL ON FUNCTION control.tenant_by_slug(text) FROM PUBLIC',
        'control.tenant_by_slug(text) lends its rights to everybody.',
      ],
      [
        'CREATE UNIQUE INDEX one_mail ON app.users (email, tenant_id)',
        'DROP INDEX app.one_mail',
        'app.users: unique index one_mail tells what other tenants have.',
      ],
      [
        'ALTER TABLE app.users ADD number bigint GENERATED ALWAYS AS IDENTITY',
        'ALTER TABLE app.users DROP number',
        'app.users: number counts over all tenants',
      ],
      [
        `CREATE TABLE app.parted (tenant_id uuid) PARTITION BY LIST (tenant_id);
         CREATE TABLE app.part PARTITION OF app.parted DEFAULT`,
        'DROP TABLE app.parted',
        'app.part lacks FORCE',
      ],
      [
        'CREATE TABLE app.bare (tenant_id uuid); ALTER TABLE app.bare ENABLE ROW LEVEL SECURITY; ALTER TABLE app.bare FORCE ROW LEVEL SECURITY',
        'DROP TABLE app.bare',
        'app.bare has no RESTRICTIVE policy',
      ],
      [
        'GRANT REFERENCES, TRIGGER ON app.users TO app_user',
        'REVOKE REFERENCES, TRIGGER ON app.users FROM app_user',
        'REVOKE TRIGGER ON app.users FROM app_user;',
      ],
      [
        'GRANT SELECT ON app.users TO PUBLIC',
        'REVOKE SELECT ON app.users FROM PUBLIC',
        'app.users: PUBLIC has SELECT.',
      ],
      [
        'GRANT pg_read_all_data TO app_user',
        'REVOKE pg_read_all_data FROM app_user',
        'role app_user is a member of pg_read_all_data.',
      ],
    ];
    const done: string[] = [];
    try {
      for (const [broken, mend] of mistakes) {
        await homes.servers.admin(homes.database, broken);
        done.push(mend);
      }
      const said = await guardTenants(pool).catch((error: Error) => error.message);
      for (const [, , message] of mistakes) expect(said).toContain(message);
    } finally {
      for (const mend of done) await homes.servers.admin(homes.database, mend);
    }
    await guardTenants(pool);
    await pool.end();
  });
}
