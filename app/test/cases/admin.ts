import { createHash } from 'node:crypto';

import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { App } from '../support/app.ts';
import { eventually } from '../support/process.ts';
import type { World } from '../support/world.ts';

const TOKEN = 'operator-token-of-ann-0123456789';
const PASSWORD = 'Grey-heron-wades-7-times';

export function adminCases(world: World): void {
  const { servers } = world;
  let admin: App;
  beforeAll(async () => {
    const sha256 = createHash('sha256').update(TOKEN).digest('hex');
    const ADMIN_TOKENS_FILE = servers.file('operators.json', [
      { name: 'bob', sha256: '0'.repeat(64) },
      { name: 'ann', sha256 },
    ]);
    admin = await App.start(servers, 'admin', { ADMIN_TOKENS_FILE });
  }, 60_000);
  afterAll(() => admin.process.stop());

  const send = (method: string, path: string, body?: unknown, token = TOKEN) =>
    admin.send(method, `/admin${path}`, { token, body });
  const account = (slug: string) => ({
    email: `Root@${slug}.test`,
    name: 'Root',
    password: PASSWORD,
  });
  const create = (slug: string, extra: object = {}) =>
    send('POST', '/tenants', {
      ...{ slug, name: 'New', model: 'shared', administrator: account(slug), ...extra },
    });
  const signIn = async (slug: string) =>
    (await world.api.login({ slug, email: `root@${slug}.test`, password: PASSWORD })).status;
  const events = async (action: string) =>
    (
      await servers.admin(
        'saas',
        `SELECT operator, object, outcome FROM control.operator_events
          WHERE action = '${action}' ORDER BY at DESC`,
      )
    ).rows as Record<string, unknown>[];

  test('only an operator’s token opens anything; a tenant’s administrator is nobody here', async () => {
    for (const token of [undefined, 'x', `${TOKEN}x`, '0'.repeat(64), world.user('acme').token]) {
      for (const path of ['/admin/tenants', '/admin/nothing', '/admin/tenants/acme/moves']) {
        const { status } = await admin.send('GET', path, token === undefined ? {} : { token });
        expect([token, path, status]).toEqual([token, path, 401]);
      }
    }
    expect((await send('GET', '/nothing')).status).toBe(404);
    expect((await world.api.send('GET', '/admin/tenants', { token: TOKEN })).status).toBe(404);
    expect((await world.api.send('GET', '/v1/users', { token: TOKEN })).status).toBe(401);
  });

  test('a new tenant comes with an administrator who signs in; what is wrong with it is told, and nothing is made', async () => {
    const made = await create('onboarded');
    expect([made.status, made.body]).toMatchObject([
      201,
      { slug: 'onboarded', model: 'shared', status: 'active' },
    ]);
    expect(await signIn('onboarded')).toBe(200);
    expect((await create('onboarded')).status).toBe(409);
    const weak = { administrator: { ...account('weak'), password: 'onlylowercaseletters' } };
    expect((await create('weak', weak)).status).toBe(422);
    expect((await create('Bad Slug')).status).toBe(400);
    expect((await create('extra', { status: 'active' })).status).toBe(400);
    const none = await create('lonely', { model: 'database' });
    expect([none.status, none.body['detail']]).toEqual([
      409,
      expect.stringContaining('No spare database is ready.'),
    ]);
    // Without a model the need decides; what it takes is not lowered in silence.
    for (const [isolation, what] of [
      ['strict', 'No spare schema is ready.'],
      ['dedicated', 'No spare database is ready.'],
    ]) {
      const { status, body } = await create('lonely', { model: undefined, isolation });
      expect([isolation, status, body['detail']]).toEqual([
        ...[isolation, 409, expect.stringContaining(String(what))],
      ]);
    }
    const chosen = await create('chosen', { model: undefined });
    expect([chosen.status, chosen.body['model']]).toEqual([201, 'shared']);
    const slugs: unknown[] = [];
    let after = '';
    do {
      const { body } = await send('GET', `/tenants${after && `?after=${after}`}`);
      slugs.push(...(body['items'] as { slug: string }[]).map(({ slug }) => slug));
      after = typeof body['next'] === 'string' ? body['next'] : '';
    } while (after !== '');
    expect(slugs).toEqual(expect.arrayContaining(['acme', 'globex', 'onboarded']));
    expect(slugs).not.toContain('weak');
    expect(slugs).not.toContain('lonely');
    const recorded = await events('tenant.create');
    for (const [object, outcome] of [
      ['tenant/lonely', 'failure'],
      ['tenant/chosen', 'success'],
    ]) {
      expect(recorded).toContainEqual({ operator: 'ann', object, outcome });
    }
  });

  test('an operator keeps a tenant out and lets it in again, and helps who has lost the password', async () => {
    await create('paused');
    expect((await send('PUT', '/tenants/paused/status', { status: 'suspended' })).status).toBe(204);
    expect(await signIn('paused')).toBe(401);
    expect((await send('PUT', '/tenants/paused/status', { status: 'active' })).status).toBe(204);
    expect(await signIn('paused')).toBe(200);
    const other = { ...account('paused'), password: 'Other-heron-wades-8-times' };
    expect((await send('POST', '/tenants/paused/administrators', other)).status).toBe(204);
    expect(await signIn('paused')).toBe(401);
    expect((await send('PUT', '/tenants/none/status', { status: 'active' })).status).toBe(404);
    expect((await events('tenant.suspend'))[0]).toMatchObject({ outcome: 'success' });
  });

  test('an operator moves a tenant and back, sees the proofs, and nothing is done that cannot be recorded', async () => {
    await create('walker');
    await servers.admin(
      'postgres',
      'ALTER ROLE app_user NOINHERIT',
      'CREATE ROLE t_walker NOLOGIN',
      'GRANT t_walker TO app_user',
    );
    const moved = await send('POST', '/tenants/walker/moves', { model: 'schema' });
    expect([moved.status, moved.body]).toMatchObject([
      200,
      { state: 'done', from: 'shared', to: expect.stringMatching(/^schema t_/), problems: [] },
    ]);
    expect(Number(moved.body['rows'])).toBeGreaterThan(0);
    expect(await signIn('walker')).toBe(200);
    expect((await send('POST', '/tenants/walker/moves', { model: 'schema' })).status).toBe(409);
    const undone = await send('POST', '/tenants/walker/moves/undo');
    expect(undone.body).toMatchObject({ state: 'done', to: 'shared' });
    const { body } = await send('GET', '/tenants/walker/moves');
    expect(body['items']).toMatchObject([{ to: 'shared' }, { from: 'shared' }]);
    await servers.admin('saas', 'REVOKE INSERT ON control.operator_events FROM app_owner');
    try {
      expect((await create('unrecorded')).status).toBe(500);
    } finally {
      await servers.admin('saas', 'GRANT INSERT ON control.operator_events TO app_owner');
    }
    expect((await send('GET', '/tenants/unrecorded/moves')).status).toBe(404);
  });

  test('it is ready while PostgreSQL is, shows its metrics, and does not start without its operators', async () => {
    await eventually(async () => expect((await admin.get('/ready')).status).toBe(200));
    expect(await admin.metrics()).toContain('service="admin",method="POST",route="/admin/tenants"');
    const bare = await App.spawn(servers, 'admin');
    expect(await bare.process.ended()).toBe(1);
    expect(bare.process.output).toContain('ADMIN_TOKENS_FILE: missing.');
    const wrong = await App.spawn(servers, 'admin', {
      ADMIN_TOKENS_FILE: servers.file('wrong.json', [{ name: 'ann', token: TOKEN }]),
    });
    expect(await wrong.process.ended()).toBe(1);
    expect(wrong.process.output).toContain('ADMIN_TOKENS_FILE: expected [{ "name"');
    expect(wrong.process.output).not.toContain(TOKEN);
  });
}
