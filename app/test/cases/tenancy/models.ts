import { randomUUID } from 'node:crypto';

import { beforeAll, expect, test } from '@jest/globals';

import { withHome } from '../../../src/db/homes.ts';
import { prelude } from '../../../src/db/models.ts';
import { schemaOf } from '../../../src/db/placement.ts';
import type { Model } from '../../../src/db/placement.ts';
import { sql } from '../../../src/db/pool.ts';
import type { Query } from '../../../src/db/pool.ts';
import type { TenantId } from '../../../src/db/tenancy.ts';
import type { Homes } from '../../support/homes.ts';
import { isWritable, placementOf } from './content.ts';

/** What a tenant may count on, wherever it lives. Run once per model. */
export function modelCases(homes: Homes, model: Model): void {
  let mine = '' as TenantId;
  let other = '' as TenantId;
  beforeAll(async () => {
    mine = await homes.tenant(model);
    other = await homes.tenant(model);
    for (const tenant of [mine, other]) {
      await homes.db.run(tenant, (query) => addUser(query, tenant, `ann@${tenant}.test`));
    }
  });
  const emails = (tenant: TenantId) =>
    homes.db.read(tenant, async (query) =>
      (await query.rows<{ email: string }>(sql`SELECT email FROM users ORDER BY email`)).map(
        ({ email }) => email,
      ),
    );

  test('it reads its own rows, and none of another tenant', async () => {
    expect(await emails(mine)).toEqual([`ann@${mine}.test`]);
    expect(await emails(other)).toEqual([`ann@${other}.test`]);
  });

  test('it can neither write rows of another tenant, nor change or delete them', async () => {
    const asMine = <T>(work: (query: Query) => Promise<T>) => homes.db.run(mine, work);
    await expect(asMine((query) => addUser(query, other, 'new@x.test'))).rejects.toThrow(
      'violates row-level security policy',
    );
    await expect(
      asMine((query) => query.rows(sql`UPDATE users SET tenant_id = ${other}`)),
    ).rejects.toThrow('violates row-level security policy');
    for (const statement of [
      sql`UPDATE users SET name = 'x' WHERE tenant_id = ${other} RETURNING id`,
      sql`DELETE FROM users WHERE tenant_id = ${other} RETURNING id`,
    ]) {
      expect(await asMine((query) => query.rows(statement))).toEqual([]);
    }
    expect(await emails(other)).toEqual([`ann@${other}.test`]);
  });

  test('it can empty no table, read no audit trail and reach no other schema', async () => {
    for (const statement of [
      sql`TRUNCATE users`,
      sql`SELECT * FROM audit_outbox`,
      sql`SELECT * FROM control.tenants`,
      sql`SET LOCAL ROLE app_owner`,
      sql`CREATE TABLE users_copy AS SELECT * FROM users`,
    ]) {
      await expect(homes.db.run(mine, (query) => query.rows(statement))).rejects.toThrow(
        /permission denied|no schema has been selected/,
      );
    }
  });

  test('a table of its own making cannot stand in for a real one', async () => {
    const rows = await homes.db
      .run(mine, async (query) => {
        await query.rows(sql`CREATE TEMP TABLE users (email text) ON COMMIT DROP`).catch(() => []);
        return query.rows<{ email: string }>(sql`SELECT email FROM users`);
      })
      .catch((error: Error) => error.message);
    // Either the table cannot be made, or it is not the one that is read.
    if (typeof rows === 'string') expect(rows).toContain('permission denied');
    else expect(rows).toEqual([{ email: `ann@${mine}.test` }]);
  });

  test('what fails leaves nothing behind, and the next request on the connection is its own', async () => {
    await expect(
      homes.db.run(mine, async (query) => {
        await addUser(query, mine, 'half@done.test');
        await query.rows(sql`SELECT 1 / 0`);
      }),
    ).rejects.toThrow('division by zero');
    expect(await emails(mine)).toEqual([`ann@${mine}.test`]);
    const mixed = Array.from({ length: 60 }, (_, index) => (index % 2 === 0 ? mine : other));
    for (const [index, found] of (await Promise.all(mixed.map(emails))).entries()) {
      expect(found).toEqual([`ann@${mixed[index]}.test`]);
    }
  });

  test('reading changes nothing, whatever the statement says', async () => {
    await expect(
      homes.db.read(mine, (query) => query.rows(sql`UPDATE users SET name = 'x'`)),
    ).rejects.toThrow('read-only transaction');
  });

  test('while it is suspended it is refused, and afterwards it is served again', async () => {
    const set = (status: string) =>
      homes.owner.query('UPDATE control.tenants SET status = $2 WHERE id = $1', [mine, status]);
    // Remembers nothing: a tenant with its own database is noticed when the memory ends.
    const db = homes.tenantDb(0);
    const read = () => db.read(mine, (query) => query.rows(sql`SELECT id FROM users`));
    await set('suspended');
    try {
      await expect(read()).rejects.toThrow('This tenant is not active.');
      await set('active');
      expect(await read()).toHaveLength(1);
    } finally {
      await set('active');
      await db.end();
    }
  });

  test('a process that knows an old home is refused by it and finds the new one', async () => {
    await emails(mine);
    const old = await placementOf(homes, mine);
    const { home } = old;
    const databases = model === 'database' ? [homes.database, home] : [homes.database];
    // The move itself has its own cases; the epoch alone is what a process must notice.
    for (const database of databases) {
      await homes.servers.admin(
        database,
        `UPDATE control.tenants SET epoch = epoch + 1 WHERE id = '${mine}'`,
      );
    }
    expect(await isWritable(homes, mine, old)).toBe(false);
    expect(await emails(mine)).toEqual([`ann@${mine}.test`]);
    expect(await emails(other)).toEqual([`ann@${other}.test`]);
  });

  test('a connection carries nothing of a tenant to whoever uses it next', async () => {
    const placement = await placementOf(homes, mine);
    const pool = homes.pool(placement.model === 'database' ? placement.home : homes.database, 1);
    const left = () =>
      pool.rows(sql`SELECT nullif(current_setting('app.tenant_id', true), '') AS tenant,
        current_user AS user, current_setting('search_path') AS path`);
    const nothing = [{ tenant: null, user: 'app_user', path: '"$user", public' }];
    try {
      expect(await left()).toEqual(nothing);
      await pool.transaction(prelude(mine, placement, true), (query) =>
        query.rows(sql`SELECT id FROM users`),
      );
      expect(await left()).toEqual(nothing);
    } finally {
      await pool.end();
    }
  });

  test('even the owner of the tables sees one tenant only', async () => {
    const placement = await placementOf(homes, mine);
    await withHome(homes.target('app_migrator'), placement, async (client) => {
      const count = `SELECT count(*)::int AS rows FROM ${schemaOf(placement)}.users`;
      expect((await client.query(count)).rows).toEqual([{ rows: 0 }]);
      await client.query('BEGIN');
      await client.query(`SELECT set_config('app.tenant_id', $1, true)`, [other]);
      expect((await client.query(count)).rows).toEqual([{ rows: model === 'shared' ? 1 : 0 }]);
    });
  });

  test('a tenant that does not exist has no rows', async () => {
    await expect(emails(randomUUID() as TenantId)).rejects.toThrow('This tenant is not active.');
  });
}

export async function addUser(query: Query, tenant: TenantId, email: string): Promise<void> {
  await query.rows(sql`INSERT INTO users (tenant_id, id, email, name, password_hash)
    VALUES (${tenant}, ${randomUUID()}, ${email}, 'Ann', '-')`);
}
