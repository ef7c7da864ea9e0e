import { expect, test } from '@jest/globals';

import { ROUTES } from '../support/api-routes.ts';
import type { Place, Route } from '../support/api-routes.ts';
import type { Attack } from '../support/attack.ts';
import { eventually } from '../support/process.ts';
import { tenantTables } from '../support/tenant.ts';

/** Text that would break out of a statement that were put together from text, and what PostgreSQL cannot keep. */
const injections = (tenant: string) => [
  "' OR '1'='1",
  "'/**/OR/**/1=1--@x.test",
  "'; DROP TABLE app.users CASCADE; --",
  "') UNION SELECT password_hash FROM app.users --",
  `'||set_config('app.tenant_id','${tenant}',true)||'@x.test`,
  "'; SET ROLE app_owner; --",
  "\\'; SELECT pg_sleep(10); --",
  '$1',
  '%_',
  '\u0000',
  'nul\u0000@x.test',
  '\ud800',
];

/** Attacks that aim past the API, at the database behind it. */
export function injectionCases(attack: Attack): void {
  const { servers } = attack.world;

  test('SQL in any text of any request is text: never run, never an error of the server, kept as it is', async () => {
    const { attacker, victim } = attack;
    const before = await victim.rows();
    const people = (await attacker.list('/v1/users')).length;
    const texts = injections(await attack.world.tenantId('victim'));
    const ids: string[] = [];
    let accepted = 0;
    const inject = async (route: Route, place: Place, text: string): Promise<void> => {
      const { path, body } = route.request(attacker.ids, place, text);
      const answer = await attack.send(route, path, body);
      ids.push(answer.headers.get('x-request-id') ?? 'none');
      const what = `${route.name} ${place.name}: ${JSON.stringify(text)}`;
      // Only what people call things is free text, and it comes back as it was sent.
      const free = ['name', 'email', 'password'].includes(place.name) && !route.open;
      const allowed = free ? [200, 201, 400, 409, 422] : [400, 401];
      const expected = allowed.find((status) => status === answer.status);
      expect([what, answer.body, answer.status]).toEqual([what, answer.body, expected]);
      if (answer.status < 300) {
        accepted += 1;
        const kept = place.name === 'email' ? text.toLowerCase() : text;
        expect([what, answer.body[place.name] ?? kept]).toEqual([what, kept]);
      }
      expect(JSON.stringify(answer.body)).not.toContain('$argon2');
    };
    for (const route of ROUTES) {
      for (const place of route.places) {
        for (const text of texts) await inject(route, place, text);
      }
    }
    expect(accepted).toBeGreaterThan(10);
    expect(await victim.rows()).toEqual(before);
    expect((await attacker.list('/v1/users')).length).toBeGreaterThan(people);
    const admins = (await attacker.list('/v1/users')).filter((user) => user['role'] === 'admin');
    expect(admins.map((user) => user['id'])).toEqual([attack.world.user('attacker').userId]);
    await eventually(async () => {
      const log = attack.api.process.output;
      expect(ids.filter((id) => !log.includes(`"reqId":"${id}"`))).toEqual([]);
      return Promise.resolve();
    });
    // Some hundred requests, one after the other.
  }, 180_000);

  test('in every table with a tenant, whoever is bound to one tenant neither reads nor writes another’s rows', async () => {
    const [own, other] = [
      await attack.world.tenantId('attacker'),
      await attack.world.tenantId('victim'),
    ];
    const client = await servers.client('app_user', 'saas');
    /** The rows that a statement touches as the attacker's tenant, or why it touches none. */
    const touched = async (statement: string, values: unknown[]): Promise<number | string> => {
      await client.query('BEGIN');
      try {
        await client.query("SELECT set_config('app.tenant_id', $1, true)", [own]);
        return (await client.query(statement, values)).rowCount ?? 0;
      } catch (error) {
        return (error as Error).message;
      } finally {
        await client.query('ROLLBACK');
      }
    };
    const denied = expect.stringMatching(/permission denied|violates row-level security policy/);
    for (const table of await tenantTables(attack.world, true)) {
      // Who lives where is no tenant's to see, not even its own part.
      const read = await touched(`SELECT FROM ${table} WHERE tenant_id = $1`, [own]);
      expect([table, read]).toEqual([table, expect.stringContaining('permission denied')]);
    }
    const tables = await tenantTables(attack.world);
    expect(tables).toEqual(expect.arrayContaining(['app.users', 'app.memberships']));
    try {
      for (const table of tables) {
        const { rows } = await servers.admin(
          'saas',
          `SELECT to_json(t) AS row, has_table_privilege('app_user', '${table}', 'SELECT') AS readable
             FROM ${table} t WHERE tenant_id = '${other}' LIMIT 1`,
        );
        const [found] = rows as { row: object; readable: boolean }[];
        // Without a row to aim at, the three statements below would prove nothing.
        if (found === undefined) throw new Error(`${table} has no row of the victim. Make one.`);
        const insert = `INSERT INTO ${table} SELECT * FROM json_populate_record(NULL::${table}, $1)`;
        expect([table, await touched(insert, [found.row])]).toEqual([table, denied]);
        for (const statement of [
          `SELECT FROM ${table} WHERE tenant_id = $1`,
          `UPDATE ${table} SET tenant_id = tenant_id WHERE tenant_id = $1`,
          `DELETE FROM ${table} WHERE tenant_id = $1`,
        ]) {
          const result = await touched(statement, [other]);
          if (result !== 0) expect([statement, result]).toEqual([statement, denied]);
        }
        // Nor are own rows given away, which would be writing over there as well.
        const gift = await touched(`UPDATE ${table} SET tenant_id = $1`, [other]);
        expect([table, gift]).toEqual([table, denied]);
        // The same statement with the own tenant works where the role may read: the refusal is the tenant's.
        if (found.readable) {
          expect(await touched(`SELECT FROM ${table} WHERE tenant_id = $1`, [own])).toBeGreaterThan(
            0,
          );
        }
      }
    } finally {
      await client.end();
    }
  });
}
