import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { App, UNLIMITED } from '../support/app.ts';
import { Tenant, trail } from '../support/tenant.ts';
import type { World } from '../support/world.ts';

export function configDocumentCases(world: World): void {
  let api: App;
  let tenant: Tenant;
  let neighbour: Tenant;
  beforeAll(async () => {
    api = await App.start(world.servers, 'api', UNLIMITED);
    [tenant, neighbour] = [new Tenant(world, api, 'settings'), new Tenant(world, api, 'globex')];
  });
  afterAll(() => api.process.stop());

  const put = (key: string, version: number, document: unknown, by = tenant) =>
    by.send('PUT', `/v1/config/${key}`, { version, document });
  const refusal = async (answer: ReturnType<typeof put>) => {
    const { status, body } = await answer;
    return [status, body['detail']];
  };

  test('a document comes back as it was written, and every version of it stays readable with its author', async () => {
    const first = { from: 'Zoë', limits: { day: 1.5, flags: [true, null, -0.25] }, 'a"b\\': '' };
    const created = await put('mail', 0, first);
    expect([created.status, created.body]).toEqual([
      201,
      {
        ...{ key: 'mail', version: 1, document: first, createdAt: expect.any(String) },
        authorId: world.user('settings').userId,
      },
    ]);
    expect(await tenant.ok('GET', '/v1/config/mail')).toEqual(created.body);
    const second = await put('mail', 1, { from: 'Bob' });
    expect([second.status, second.body['version']]).toEqual([200, 2]);
    expect((await tenant.ok('GET', '/v1/config/mail'))['document']).toEqual({ from: 'Bob' });
    expect(await tenant.ok('GET', '/v1/config/mail/versions/1')).toEqual(created.body);
    const history = await tenant.list('/v1/config/mail/versions', 1);
    expect(history).toMatchObject([
      { version: 2, deleted: false, authorId: world.user('settings').userId },
      { version: 1, deleted: false },
    ]);
  });

  test('who does not know the current version cannot overwrite it, and of many at once one wins', async () => {
    await put('race', 0, { n: 0 });
    expect(await refusal(put('race', 0, { n: 9 }))).toEqual([
      409,
      'The document is another one by now. Version 1 is there.',
    ]);
    expect(await refusal(put('nowhere', 3, {}))).toEqual([
      409,
      'The document is another one by now. There is no version of it.',
    ]);
    for (const [key, version] of [
      ['race', 1],
      ['fresh', 0],
    ] as const) {
      const answers = await Promise.all([1, 2, 3, 4, 5, 6].map((n) => put(key, version, { n })));
      const won = answers.filter(({ status }) => status < 300);
      expect(answers.map(({ status }) => status).sort()).toEqual([
        won[0]?.status,
        ...Array<number>(5).fill(409),
      ]);
      expect(await tenant.ok('GET', `/v1/config/${key}`)).toEqual(won[0]?.body);
    }
  });

  test('a deleted document is gone from reading and lists, its history stays, and it can be made anew', async () => {
    await put('old', 0, { a: 1 });
    expect((await tenant.send('DELETE', '/v1/config/old')).status).toBe(204);
    expect((await tenant.send('GET', '/v1/config/old')).status).toBe(404);
    expect((await tenant.send('DELETE', '/v1/config/old')).status).toBe(404);
    const keys = async () => (await tenant.list('/v1/config', 1)).map(({ key }) => key);
    expect(await keys()).not.toContain('old');
    expect(await tenant.ok('GET', '/v1/config/old/versions/2')).toMatchObject({ document: null });
    const again = await put('old', 0, { a: 2 });
    expect([again.status, again.body['version']]).toEqual([201, 3]);
    // The last changed comes first.
    expect((await keys())[0]).toBe('old');
    expect(await tenant.list('/v1/config/old/versions', 2)).toMatchObject([
      { version: 3, deleted: false },
      { version: 2, deleted: true },
      { version: 1, deleted: false },
    ]);
  });

  test('every change is recorded with it, a refused one too; one that cannot be recorded is not made', async () => {
    const event = { category: 'config_change', action: 'config.put', object: 'config/kept' };
    expect(await trail(world, await put('kept', 0, { a: 1 }))).toMatchObject([
      { ...event, outcome: 'success', actor: world.user('settings').userId },
    ]);
    expect(await trail(world, await put('kept', 0, { a: 2 }))).toMatchObject([
      { ...event, outcome: 'failure' },
    ]);
    await world.servers.admin('saas', 'REVOKE INSERT ON app.audit_outbox FROM app_user');
    try {
      expect((await put('kept', 1, { a: 3 })).status).toBe(500);
    } finally {
      await world.servers.admin('saas', 'GRANT INSERT ON app.audit_outbox TO app_user');
    }
    expect(await tenant.ok('GET', '/v1/config/kept')).toMatchObject({ document: { a: 1 } });
  });

  test('one key names another document in each tenant', async () => {
    await put('shared-name', 0, { owner: 'settings' });
    expect((await neighbour.send('GET', '/v1/config/shared-name')).status).toBe(404);
    expect((await neighbour.send('GET', '/v1/config/shared-name/versions')).status).toBe(404);
    expect((await neighbour.send('GET', '/v1/config/shared-name/versions/1')).status).toBe(404);
    expect((await neighbour.send('DELETE', '/v1/config/shared-name')).status).toBe(404);
    expect((await put('shared-name', 0, { owner: 'globex' }, neighbour)).body['version']).toBe(1);
    expect(await tenant.ok('GET', '/v1/config/shared-name')).toMatchObject({
      document: { owner: 'settings' },
    });
  });

  test('what could not be kept as it is, is refused: NUL, halves of characters, endless numbers, other than objects', async () => {
    for (const document of [
      '{"a":{"b":["x\\u0000"]}}',
      '{"\\u0000":1}',
      '{"a":"\\ud800"}',
      '{"a":1e999}',
      '{"a":{"__proto__":{"role":"admin"}}}',
      '[]',
      'null',
      '"text"',
    ]) {
      const body = `{"version":0,"document":${document}}`;
      expect([document, (await tenant.send('PUT', '/v1/config/odd', body)).status]).toEqual([
        document,
        400,
      ]);
    }
    for (const key of ['Mail', '1st', 'a'.repeat(65), '%00', 'a%2Fb', "'", '*']) {
      expect([key, (await put(key, 0, {})).status]).toEqual([key, 400]);
    }
  });

  test('while a tenant is being moved its lists and settings are read; only what must be recorded waits', async () => {
    const status = async (method: string, path: string, body?: unknown) =>
      (await tenant.send(method, path, body)).status;
    const set = (value: string) =>
      world.servers.admin(
        'saas',
        `UPDATE control.tenants SET status = '${value}' WHERE slug = 'settings'`,
      );
    await set('moving');
    try {
      for (const path of ['/v1/organizations', '/v1/config', '/v1/config/mail']) {
        expect([path, await status('GET', path)]).toEqual([path, 200]);
      }
      expect(await status('GET', '/v1/users')).toBe(503);
      expect(await status('PUT', '/v1/config/mail', { version: 2, document: {} })).toBe(503);
    } finally {
      await set('active');
    }
    expect(await status('GET', '/v1/users')).toBe(200);
  });
}
