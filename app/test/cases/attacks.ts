import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { ROUTES } from '../support/api-routes.ts';
import type { Ids } from '../support/api-routes.ts';
import { Attack } from '../support/attack.ts';
import { trail } from '../support/tenant.ts';
import type { Tenant } from '../support/tenant.ts';
import type { World } from '../support/world.ts';
import { injectionCases } from './injections.ts';

const NOBODY = '01900000-0000-7000-8000-000000000000';
const NONE: Ids = { user: NOBODY, org: NOBODY, department: NOBODY };

/** Every attack is refused, changes nothing and leaves a trace. */
export function attackCases(world: World): void {
  const attack = new Attack(world);
  beforeAll(() => attack.start(), 60_000);
  afterAll(() => attack.stop());

  const inside = ROUTES.filter((route) => !route.open);
  const withBody = ROUTES.filter((route) => route.takesBody);

  test('another tenant’s id is answered like a missing one, in every place of every route, and recorded', async () => {
    const { attacker, victim } = attack;
    await attack.refused([404, 422], async (expectRefused) => {
      for (const route of inside) {
        for (const place of route.places) {
          if (place.id === undefined) continue;
          const answers: unknown[] = [];
          for (const ids of [victim.ids, NONE]) {
            const { path, body } = route.request(attacker.ids, place, ids[place.id]);
            const answer = await expectRefused(
              `${route.name} ${place.name}`,
              attack.send(route, path, body),
            );
            const { status, detail } = answer.body;
            const events = await trail(world, answer);
            const { category, action, outcome } = events[0] ?? {};
            answers.push([status, detail, events.length, category, action, outcome]);
          }
          expect(answers[0]).toEqual(answers[1]);
          expect(answers[0]).toContain(1);
        }
      }
    });
  });

  test('what another tenant has taken is free here, so nobody learns what others have', async () => {
    const { attacker, victim } = attack;
    const { email, name, password } = victim.person('mia');
    const id = await attacker.make('/v1/users', { email, name, password });
    const org = await attacker.make('/v1/organizations', { name: 'victim Ltd' });
    await attacker.ok('DELETE', `/v1/users/${id}`);
    await attacker.ok('DELETE', `/v1/organizations/${org}`);
  });

  test('lists show rows of the own tenant only, page by page', async () => {
    const { attacker } = attack;
    const own = JSON.stringify(await attacker.rows());
    for (const route of inside) {
      if (route.method !== 'GET' || !route.has('cursor')) continue;
      const { path } = route.request(attacker.ids);
      const items = await attacker.list(path, 1);
      expect(items.length).toBeGreaterThan(0);
      for (const item of items) {
        expect(own).toContain(String(item['id'] ?? item['userId'] ?? item['authorId']));
      }
    }
  });

  test('a cursor that is altered, of another tenant or of another list is refused', async () => {
    const { attacker, victim } = attack;
    await attacker.make('/v1/organizations', { name: 'Second' });
    await victim.make('/v1/organizations', { name: 'Second' });
    const cursor = async (tenant: Tenant, path: string) =>
      String((await tenant.ok('GET', `${path}?limit=1`))['nextCursor']);
    const own = await cursor(attacker, '/v1/users');
    const follow = (path: string, text: string) =>
      attacker.send('GET', `${path}${path.includes('?') ? '&' : '?'}cursor=${text}`);
    expect((await follow('/v1/users', own)).status).toBe(200);
    await attack.refused([400], async (expectRefused) => {
      await expectRefused('another list', follow('/v1/organizations', own));
      await expectRefused('another filter', follow('/v1/users?status=active', own));
      for (const path of ['/v1/users', '/v1/organizations']) {
        const answer = await expectRefused('foreign', follow(path, await cursor(victim, path)));
        expect(await trail(world, answer)).toMatchObject([{ outcome: 'failure' }]);
      }
      for (let index = own.length - 1; index >= 0; index -= 3) {
        const other = own[index] === 'A' ? 'B' : 'A';
        const altered = `${own.slice(0, index)}${other}${own.slice(index + 1)}`;
        await expectRefused(`altered at ${index}`, follow('/v1/users', altered));
      }
    });
  });

  test('forged headers name neither a tenant, nor a user, a role or a method', async () => {
    const { attacker, victim } = attack;
    const id = await world.tenantId('victim');
    const forged = {
      ...{ 'x-tenant-id': id, 'x-tenant': 'victim', tenant: id, 'x-org-id': victim.ids.org },
      ...{ 'x-user-id': world.user('victim').userId, 'x-role': 'owner', host: 'victim.test' },
      ...{
        'x-forwarded-host': 'victim.test',
        'x-http-method-override': 'DELETE',
        cookie: `tenant=${id}`,
      },
    };
    await attack.refused([404, 422], async (expectRefused) => {
      for (const route of inside) {
        if (!route.places.some((place) => place.id !== undefined)) continue;
        const { path, body } = route.request(victim.ids);
        await expectRefused(route.name, attack.send(route, path, body, forged));
      }
    });
    const before = await victim.rows();
    const made = await attack.api.send('POST', '/v1/organizations', {
      ...{ token: attacker.token, body: { name: 'Forged' }, headers: forged },
    });
    expect(made.status).toBe(201);
    expect(JSON.stringify(await attacker.rows())).toContain(String(made.body['id']));
    expect(await victim.rows()).toEqual(before);
  });

  test('without a token every route is 401; with a member’s every change is 403 and recorded', async () => {
    const { attacker } = attack;
    await attack.refused([401], async (expectRefused) => {
      for (const route of inside) {
        const { path, body } = route.request(attacker.ids);
        await expectRefused(route.name, attack.api.send(route.method, path, { body }));
      }
    });
    await attack.refused([403], async (expectRefused) => {
      for (const route of inside.filter(({ method }) => method !== 'GET')) {
        const { path, body } = route.request(attacker.ids);
        const options = { token: attacker.memberToken, body };
        const answer = await expectRefused(
          route.name,
          attack.api.send(route.method, path, options),
        );
        expect(await trail(world, answer)).toMatchObject([
          { category: 'authorization', outcome: 'failure', actor: attacker.ids.user },
        ]);
      }
    });
  });

  test('fields that nobody offers are refused, not taken over and not ignored', async () => {
    const { attacker } = attack;
    const id = await world.tenantId('victim');
    const extras = {
      ...{ tenant_id: id, tenantId: id, id: NOBODY, role: 'admin', status: 'active' },
      ...{ password_hash: '-', passwordHash: '-', created_at: '2020-01-01', isAdmin: true },
      ...{ orgId: attacker.ids.org, constructor: { name: 'x' } },
    };
    await attack.refused([400], async (expectRefused) => {
      for (const route of ROUTES) {
        const { path, body } = route.request(attacker.ids);
        for (const [name, value] of Object.entries(extras)) {
          if (route.has(name)) continue;
          const text = JSON.stringify({ ...body, [name]: value });
          if (route.takesBody)
            await expectRefused(`${route.name} ${name}`, attack.send(route, path, text));
          if (route.open) continue;
          const query = `${path}${path.includes('?') ? '&' : '?'}${name}=${id}`;
          await expectRefused(`${route.name} ?${name}`, attack.send(route, query, body));
        }
      }
    });
  });

  test('keys that would change the prototype of every object are refused', async () => {
    const { attacker } = attack;
    await attack.refused([400], async (expectRefused) => {
      for (const route of withBody) {
        const { path, body } = route.request(attacker.ids);
        const rest = JSON.stringify(body).slice(1);
        for (const key of [
          '"__proto__":{"role":"admin"}',
          '"\\u005f_proto__":{"role":"admin"}',
          '"constructor":{"prototype":{"role":"admin"}}',
        ]) {
          await expectRefused(`${route.name} ${key}`, attack.send(route, path, `{${key},${rest}`));
        }
      }
    });
  });

  test('bodies that are too large, no JSON or of another type are refused', async () => {
    const { attacker } = attack;
    const cases = (text: string): [string, string, string, number][] => [
      ['large', JSON.stringify({ name: 'x'.repeat(70_000) }), 'application/json', 413],
      ...['{"name":', '[]', '"x"', 'null', '{}{}', "{'name':'x'}"].map(
        (body): [string, string, string, number] => [body, body, 'application/json', 400],
      ),
      ...['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', 'text/xml'].map(
        (type): [string, string, string, number] => [type, text, type, 415],
      ),
    ];
    await attack.refused([400, 413, 415], async (expectRefused) => {
      for (const route of withBody) {
        const { path, body } = route.request(attacker.ids);
        for (const [name, text, type, status] of cases(JSON.stringify(body))) {
          const answer = attack.send(route, path, text, { 'content-type': type });
          expect([name, (await expectRefused(`${route.name} ${name}`, answer)).status]).toEqual([
            name,
            status,
          ]);
        }
      }
      for (const path of ['/v1/users/%zz', '/v1/users/%00', '/v1/users/..%2f..%2fready']) {
        await expectRefused(path, attack.api.send('GET', path, { token: attacker.token }));
      }
    });
  });

  injectionCases(attack);
}
