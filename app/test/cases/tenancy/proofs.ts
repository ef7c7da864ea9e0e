import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { makeHome } from '../../../src/db/make-home.ts';
import { move } from '../../../src/db/move.ts';
import { schemaOf } from '../../../src/db/placement.ts';
import type { Placement } from '../../../src/db/placement.ts';
import { prove } from '../../../src/db/proof.ts';
import { purge } from '../../../src/db/purge.ts';
import type { TenantId } from '../../../src/db/tenancy.ts';
import type { Homes } from '../../support/homes.ts';
import { contentOf, fill, isWritable, placementOf } from './content.ts';

export function proofCases(homes: Homes): void {
  let tenant = '' as TenantId;
  let target: Placement;
  beforeAll(async () => {
    await homes.declare('schema', 't_p1', 't_p2');
    tenant = await homes.tenant('shared');
    await fill(homes, tenant, 5);
    await move(homes.options(), tenant, 'schema');
    target = await placementOf(homes, tenant);
  });
  afterAll(async () => {
    await move(homes.options(), tenant, 'shared');
    await purge(homes.options(), tenant, true);
  });

  /** What the proof says of the copy in the schema after `damage`, which is undone again. */
  const problems = async (...damage: string[]): Promise<readonly string[]> => {
    const client = await homes.servers.client('postgres', homes.database);
    try {
      await client.query('BEGIN');
      for (const statement of damage) {
        await client.query(`SET LOCAL search_path = ${target.home}; ${statement}`);
      }
      await client.query('SET LOCAL search_path = pg_catalog; SET LOCAL ROLE app_owner');
      await client.query(`SELECT set_config('app.tenant_id', $1, true)`, [tenant]);
      const side = (schema: string) => ({ client, schema });
      return (await prove(side('app'), side(schemaOf(target)), tenant, true)).problems;
    } finally {
      await client.end();
    }
  };
  const first = `(SELECT id FROM users ORDER BY id LIMIT 1)`;
  const last = `(SELECT id FROM users ORDER BY id DESC LIMIT 1)`;
  const unique =
    'ALTER TABLE users DROP CONSTRAINT users_pkey CASCADE, DROP CONSTRAINT users_tenant_id_email_key';
  const twice = `INSERT INTO users SELECT * FROM users WHERE id = ${first}`;

  test('an exact copy is proven', async () => {
    expect(await problems()).toEqual([]);
  });

  test.each([
    [
      'a row that is missing',
      [`DELETE FROM users WHERE id = ${first}`],
      'users has 4 rows instead of 5',
    ],
    [
      'one byte that differs',
      [`UPDATE users SET name = name || '.' WHERE id = ${first}`],
      'users has other content',
    ],
    [
      'an empty value in place of none',
      [`UPDATE audit_outbox SET object = ''`],
      'audit_outbox has other content',
    ],
    ['a row that is there twice', [unique, twice], 'users has 6 rows instead of 5'],
    [
      'a row that is there twice in place of another',
      [unique, `DELETE FROM users WHERE id = ${last}`, twice],
      'users has other content',
    ],
    [
      'values of two rows exchanged',
      [
        `UPDATE users u SET name = v.name FROM users v WHERE u.email <> v.email
          AND least(u.email, v.email) = (SELECT min(email) FROM users)
          AND greatest(u.email, v.email) = (SELECT max(email) FROM users)`,
      ],
      'users has other content',
    ],
    ['a table that is missing', ['DROP TABLE audit_outbox'], 'audit_outbox is in one home only'],
    [
      'a column of another type',
      ['ALTER TABLE users ALTER name TYPE varchar(99)'],
      'users has other columns',
    ],
    [
      'a row of another tenant',
      [
        `INSERT INTO users (tenant_id, id, email, name, password_hash)
        VALUES (gen_random_uuid(), gen_random_uuid(), 'x@x', '', '')`,
      ],
      'users holds rows of another tenant',
    ],
    [
      'a row whose parent is missing',
      [
        `CREATE TABLE notes (tenant_id uuid, id uuid, user_id uuid,
           FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id))`,
        'ALTER TABLE notes OWNER TO app_owner',
        `SET LOCAL session_replication_role = replica;
         INSERT INTO notes SELECT tenant_id, id, gen_random_uuid() FROM users WHERE id = ${first};
         SET LOCAL session_replication_role = origin`,
      ],
      'notes_tenant_id_user_id_fkey has 1 rows without a parent',
    ],
  ])('the proof finds %s', async (_title, damage, problem) => {
    expect(await problems(...damage)).toContain(problem);
  });

  test('a move whose copy is not exact is put back: the tenant stays where it was and works', async () => {
    const other = await homes.tenant('shared');
    await fill(homes, other, 3);
    const before = await contentOf(homes, other);
    const { home } = await makeHome(homes.owner, 'schema', homes.options());
    await homes.servers.admin(
      homes.database,
      `CREATE FUNCTION ${home}.spoil() RETURNS trigger LANGUAGE plpgsql
         AS $$ BEGIN NEW.name := NEW.name || '.'; RETURN NEW; END $$`,
      `CREATE TRIGGER spoil BEFORE INSERT ON ${home}.users FOR EACH ROW EXECUTE FUNCTION ${home}.spoil()`,
      `ALTER FUNCTION ${home}.spoil() OWNER TO app_owner`,
    );
    await expect(move(homes.options(), other, 'schema')).rejects.toThrow(
      'The copy is not what it should be: users has other content.',
    );
    const placement = await placementOf(homes, other);
    expect(placement).toEqual({ model: 'shared', home: 'app', epoch: 1 });
    expect(await isWritable(homes, other, placement)).toBe(true);
    expect(await contentOf(homes, other)).toEqual(before);
    const { rows } = await homes.owner.query(
      `SELECT state, error, to_regnamespace(to_home) AS left FROM control.tenant_moves WHERE tenant_id = $1`,
      [other],
    );
    expect(rows).toEqual([
      { state: 'failed', error: expect.stringContaining('other content'), left: null },
    ]);
  });
}
