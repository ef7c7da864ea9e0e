import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { App, UNLIMITED } from '../support/app.ts';
import { run } from '../support/process.ts';
import { Tenant, trail } from '../support/tenant.ts';
import type { World } from '../support/world.ts';

const NOBODY = '01900000-0000-7000-8000-000000000000';
export function directoryCases(world: World): void {
  let api: App;
  let tenant: Tenant;
  beforeAll(async () => {
    api = await App.start(world.servers, 'api', UNLIMITED);
    tenant = await new Tenant(world, api, 'directory').populate();
  });
  afterAll(() => api.process.stop());

  const status = async (method: string, path: string, body?: unknown) =>
    (await tenant.send(method, path, body)).status;
  const refusal = async (method: string, path: string, body?: unknown) => {
    const answer = await tenant.send(method, path, body);
    return [answer.status, answer.body['detail']];
  };

  test('a new user signs in; one that is disabled or deleted neither signs in nor goes on', async () => {
    const person = tenant.person('nils');
    const created = await tenant.send('POST', '/v1/users', person);
    const id = String(created.body['id']);
    expect([created.status, created.headers.get('location')]).toEqual([201, `/v1/users/${id}`]);
    expect(created.body).toEqual({
      id,
      email: person.email,
      name: 'nils',
      role: 'member',
      status: 'active',
      createdAt: expect.any(String),
    });
    const signIn = () => api.login({ slug: tenant.slug, ...person });
    const { status: signedIn, body } = await signIn();
    expect(signedIn).toBe(200);
    const goesOn = async () => (await api.get('/v1/users', String(body['accessToken']))).status;
    expect(await goesOn()).toBe(200);

    await tenant.ok('PATCH', `/v1/users/${id}`, { status: 'disabled' });
    expect([await goesOn(), (await signIn()).status]).toEqual([401, 401]);
    const missing = await api.get(`/v1/users/${NOBODY}`, String(body['accessToken']));
    expect(missing.status).toBe(401);
    await tenant.ok('PATCH', `/v1/users/${id}`, { status: 'active' });
    expect([await goesOn(), (await signIn()).status]).toEqual([200, 200]);
    await tenant.ok('DELETE', `/v1/users/${id}`);
    expect([await goesOn(), (await signIn()).status]).toEqual([401, 401]);
  });

  test('a change is answered with what is kept, and everything not named stays', async () => {
    const id = await tenant.make('/v1/users', tenant.person('olga'));
    const user = await tenant.ok('GET', `/v1/users/${id}`);
    const email = 'Olga.Berg@Directory.test';
    expect(await tenant.ok('PATCH', `/v1/users/${id}`, { email })).toEqual({
      ...user,
      email: email.toLowerCase(),
    });
    const { org, department } = tenant.ids;
    expect(await tenant.ok('PATCH', `/v1/organizations/${org}`, { name: 'Öl & Söhne' })).toEqual({
      ...(await tenant.ok('GET', `/v1/organizations/${org}`)),
      name: 'Öl & Söhne',
    });
    const before = await tenant.ok('GET', `/v1/departments/${department}`);
    const after = await tenant.ok('PATCH', `/v1/departments/${department}`, { name: 'Export' });
    expect(after).toEqual({ ...before, name: 'Export', updatedAt: expect.any(String) });
    expect(after['updatedAt']).not.toBe(before['updatedAt']);
  });

  test('every change and every look at a person is recorded; a change that cannot be is not made', async () => {
    const name = 'Recorded';
    const actor = world.user('directory').userId;
    const created = await tenant.send('POST', '/v1/organizations', { name });
    const object = `organization/${String(created.body['id'])}`;
    const event = { actor, outcome: 'success', category: 'config_change' };
    expect(await trail(world, created)).toEqual([
      { ...event, action: 'organization.create', object },
    ]);
    const people = await tenant.send('GET', '/v1/users');
    expect(await trail(world, people)).toEqual([
      { ...event, category: 'data_access', action: 'user.list', object: null },
    ]);
    const again = await tenant.send('POST', '/v1/organizations', { name });
    expect(await trail(world, again)).toMatchObject([
      { action: 'organization.create', outcome: 'failure' },
    ]);

    const rows = await tenant.rows();
    await world.servers.admin('saas', 'REVOKE INSERT ON app.audit_outbox FROM app_user');
    try {
      expect(await status('POST', '/v1/organizations', { name: 'Unrecorded' })).toBe(500);
      expect(await status('DELETE', `/v1/users/${tenant.ids.user}`)).toBe(500);
    } finally {
      await world.servers.admin('saas', 'GRANT INSERT ON app.audit_outbox TO app_user');
    }
    expect(await tenant.rows()).toEqual(rows);
  });

  test('a list shows everything once, the newest first, also when rows share a moment or come and go', async () => {
    const org = await tenant.make('/v1/organizations', { name: 'Many' });
    const list = `/v1/departments?orgId=${org}`;
    for (const index of [1, 2, 3, 4, 5]) {
      await tenant.make('/v1/departments', { orgId: org, name: `D${index}` });
    }
    // Microseconds that a JavaScript date cannot tell apart, and moments that are the same.
    await world.servers.admin(
      'saas',
      `UPDATE app.departments SET created_at = '2026-01-01 00:00:00.000100Z'::timestamptz
          + CASE WHEN name IN ('D1', 'D2') THEN interval '0' ELSE interval '7 microseconds' END
        WHERE org_id = '${org}'`,
    );
    const names = async (limit: number) => (await tenant.list(list, limit)).map((d) => d['name']);
    const all = ['D5', 'D4', 'D3', 'D2', 'D1'];
    for (const limit of [1, 2, 4, 5, 100]) expect(await names(limit)).toEqual(all);

    const first = await tenant.ok('GET', `${list}&limit=2`);
    const [, last] = first['items'] as { id: string }[];
    await tenant.make('/v1/departments', { orgId: org, name: 'D6' });
    await tenant.ok('DELETE', `/v1/departments/${last?.id}`);
    const rest = await tenant.ok('GET', `${list}&cursor=${String(first['nextCursor'])}`);
    expect((rest['items'] as { name: string }[]).map(({ name }) => name)).toEqual(all.slice(2));
    expect(rest['nextCursor']).toBeNull();
  });

  test('users are listed by status; a page has 20 of them, and 1 to 100 on request', async () => {
    const id = await tenant.make('/v1/users', tenant.person('paul'));
    await tenant.ok('PATCH', `/v1/users/${id}`, { status: 'disabled' });
    const ids = async (filter: string) =>
      (await tenant.list(`/v1/users${filter}`, 1)).map((u) => u['id']);
    expect(await ids('?status=disabled')).toEqual([id]);
    expect(await ids('?status=active')).not.toContain(id);
    expect(await ids('')).toContain(id);
    for (const query of [
      'limit=0',
      'limit=101',
      'limit=-1',
      'limit=1e1',
      'limit=',
      'status=gone',
    ]) {
      expect([query, await status('GET', `/v1/users?${query}`)]).toEqual([query, 400]);
    }
    const org = await tenant.make('/v1/organizations', { name: 'Default' });
    for (let index = 0; index <= 20; index += 1) {
      await tenant.make('/v1/departments', { orgId: org, name: `${index}` });
    }
    const { items } = await tenant.ok('GET', `/v1/departments?orgId=${org}`);
    expect(items).toHaveLength(20);
  });

  test('what is there already is 409, what is nowhere is 404, a reference to nothing is 422', async () => {
    const { org, user, department } = tenant.ids;
    const other = await tenant.make('/v1/organizations', { name: 'Other' });
    const elsewhere = await tenant.make('/v1/departments', { orgId: other, name: 'Elsewhere' });
    const place = `/v1/organizations/${org}/memberships`;
    const twice = tenant.person('mia');
    expect(
      await refusal('POST', '/v1/users', { ...twice, email: twice.email.toUpperCase() }),
    ).toEqual([409, 'There is a user with this e-mail address already.']);
    expect(await refusal('PATCH', `/v1/organizations/${org}`, { name: 'Other' })).toEqual([
      409,
      'There is an organization with this name already.',
    ]);
    expect(await status('POST', '/v1/departments', { orgId: other, name: 'Elsewhere' })).toBe(409);
    for (const path of ['users', 'organizations', 'departments']) {
      expect(await status('GET', `/v1/${path}/${NOBODY}`)).toBe(404);
      expect(await status('DELETE', `/v1/${path}/${NOBODY}`)).toBe(404);
    }
    expect(await status('GET', `/v1/departments?orgId=${NOBODY}`)).toBe(404);
    expect(await status('PUT', `${place}/${NOBODY}`, { role: 'member' })).toBe(404);
    expect(await status('DELETE', `${place}/${NOBODY}`)).toBe(404);
    const nested = { orgId: org, name: 'Nested' };
    expect(await refusal('POST', '/v1/departments', { ...nested, orgId: NOBODY })).toEqual([
      422,
      'There is no such organization.',
    ]);
    for (const parentId of [NOBODY, elsewhere]) {
      const detail = 'There is no such parent in this organization.';
      expect(await refusal('POST', '/v1/departments', { ...nested, parentId })).toEqual([
        422,
        detail,
      ]);
      expect(await refusal('PATCH', `/v1/departments/${department}`, { parentId })).toEqual([
        422,
        detail,
      ]);
    }
    expect(
      await refusal('PUT', `${place}/${user}`, { role: 'owner', departmentId: elsewhere }),
    ).toEqual([422, 'There is no such department in this organization.']);
  });

  test('departments never form a cycle, not even when two are moved at once', async () => {
    const org = await tenant.make('/v1/organizations', { name: 'Tree' });
    const add = (name: string, parentId?: string) =>
      tenant.make('/v1/departments', { orgId: org, name, parentId: parentId ?? null });
    const top = await add('Top');
    const middle = await add('Middle', top);
    const leaf = await add('Leaf', middle);
    const move = (id: string, parentId: string | null) =>
      status('PATCH', `/v1/departments/${id}`, { parentId });
    for (const parent of [top, middle, leaf]) expect(await move(top, parent)).toBe(422);
    expect(await status('DELETE', `/v1/departments/${middle}`)).toBe(409);
    expect(await move(leaf, null)).toBe(200);
    for (let round = 0; round < 10; round += 1) {
      const [a, b] = [await add(`A${round}`), await add(`B${round}`)];
      expect((await Promise.all([move(a, b), move(b, a)])).sort()).toEqual([200, 422]);
    }
  });

  test('a department goes without its people, an organization with all that is in it', async () => {
    const org = await tenant.make('/v1/organizations', { name: 'Short-lived' });
    const [user] = [tenant.ids.user];
    const parentId = await tenant.make('/v1/departments', { orgId: org, name: 'Upper' });
    const lower = await tenant.make('/v1/departments', { orgId: org, name: 'Lower', parentId });
    const memberships = `/v1/organizations/${org}/memberships`;
    const body = { role: 'owner', departmentId: lower };
    const membership = await tenant.ok('PUT', `${memberships}/${user}`, body);
    expect(membership).toMatchObject({ userId: user, orgId: org, ...body });
    await tenant.ok('DELETE', `/v1/departments/${lower}`);
    expect(await tenant.list(memberships)).toMatchObject([{ userId: user, departmentId: null }]);
    await tenant.ok('DELETE', `/v1/organizations/${org}`);
    expect(await status('GET', `/v1/departments/${parentId}`)).toBe(404);
    expect(await status('GET', memberships)).toBe(404);
    expect(await status('GET', `/v1/users/${user}`)).toBe(200);
  });

  test('an administrator always remains: nobody steps down alone, and of two that push each other one stays', async () => {
    const self = `/v1/users/${world.user('directory').userId}`;
    expect(await status('DELETE', self)).toBe(409);
    expect(await status('PATCH', self, { status: 'disabled' })).toBe(409);
    expect(await status('PUT', `${self}/role`, { role: 'member' })).toBe(409);

    const person = tenant.person('quinn');
    const other = await tenant.make('/v1/users', person);
    const promoted = await tenant.send('PUT', `/v1/users/${other}/role`, { role: 'admin' });
    expect(promoted.body).toMatchObject({ id: other, role: 'admin' });
    expect(await trail(world, promoted)).toMatchObject([
      { category: 'authorization', action: 'user.make_admin', object: `user/${other}` },
    ]);
    const { body } = await api.login({ slug: tenant.slug, ...person });
    const answers = await Promise.all([
      tenant.send('PUT', `/v1/users/${other}/role`, { role: 'member' }),
      tenant.send('PUT', `${self}/role`, { role: 'member' }, String(body['accessToken'])),
    ]);
    expect(answers.filter((answer) => answer.status === 200)).toHaveLength(1);
    const { rows } = await world.servers.admin(
      'saas',
      `SELECT count(*)::int AS admins FROM app.users
        WHERE role = 'admin' AND tenant_id = '${await world.tenantId('directory')}'`,
    );
    expect(rows).toEqual([{ admins: 1 }]);
    await world.servers.admin('saas', `UPDATE app.users SET role = 'admin' WHERE name = 'dora'`);
  });

  test('the release before goes on making users on the new schema; they are members', async () => {
    const { rows } = await world.servers.admin(
      'saas',
      `INSERT INTO app.users (tenant_id, id, email, name, password_hash)
       VALUES (gen_random_uuid(), gen_random_uuid(), 'old@x.test', 'Old', '-') RETURNING role`,
      `DELETE FROM app.users WHERE email = 'old@x.test' RETURNING role`,
    );
    expect(rows).toEqual([{ role: 'member' }]);
  });

  test('the directory can be taken back from the database and made again; the users stay', async () => {
    const { servers } = world;
    await servers.database('taken_back');
    const { process: migrate } = await App.spawn(servers, 'migrate', {}, 'taken_back');
    expect(await migrate.ended()).toBe(0);
    const client = await servers.client('app_migrator', 'taken_back');
    const file = (way: string) =>
      readFileSync(join(process.cwd(), `app/migrations/tenant/0002_directory.${way}.sql`), 'utf8');
    const parts = async () =>
      (
        await client.query(`SELECT format('%s %s', c.relname, a.attname) AS part
          FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
         WHERE c.relnamespace = 'app'::regnamespace AND a.attnum > 0 AND NOT a.attisdropped ORDER BY 1`)
      ).rows as { part: string }[];
    try {
      await client.query('SET ROLE app_owner; SET search_path = app');
      const before = await parts();
      await client.query(file('down'));
      const old = (await parts()).map(({ part }) => part);
      expect(old).toEqual(expect.arrayContaining(['users email', 'audit_outbox id']));
      expect(old.filter((part) => /role|organ|depart|member|users_list/.test(part))).toEqual([]);
      await client.query(file('up'));
      expect(await parts()).toEqual(before);
      const people = await servers.admin('taken_back', 'SELECT DISTINCT role FROM app.users');
      expect(people.rows).toEqual([{ role: 'member' }]);
    } finally {
      await client.end();
      await servers.admin('postgres', 'DROP DATABASE taken_back');
    }
  });

  test('the OpenAPI document describes the routes as they are', async () => {
    const root = process.cwd();
    const made = await run(process.execPath, [join(root, 'app/openapi.ts')]);
    expect(JSON.parse(readFileSync(join(root, 'app/openapi.json'), 'utf8'))).toEqual(
      JSON.parse(made),
    );
  });
}
