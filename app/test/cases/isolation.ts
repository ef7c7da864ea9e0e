import { expect, test } from '@jest/globals';

import { App } from '../support/app.ts';
import type { World } from '../support/world.ts';

const NOBODY = '01900000-0000-7000-8000-000000000000';

export function isolationCases(world: World): void {
  const { servers } = world;

  test('a user reads users of the own tenant, without the password hash', async () => {
    const { token, userId } = world.user('acme');
    const { status, body } = await world.api.get(`/v1/users/${userId}`, token);
    expect(status).toBe(200);
    expect(body).toEqual({
      id: userId,
      email: 'ann@acme.test',
      name: 'ann',
      role: 'admin',
      status: 'active',
      createdAt: expect.any(String),
    });
  });

  test('a user of another tenant is answered like one that does not exist', async () => {
    const { token } = world.user('acme');
    const answers = await Promise.all(
      [world.user('globex').userId, NOBODY].map((id) => world.api.get(`/v1/users/${id}`, token)),
    );
    for (const { status, body } of answers) {
      expect(status).toBe(404);
      expect(body['detail']).toBe('There is no such user.');
    }
  });

  test('without a token everything is 401, whether it exists or not', async () => {
    for (const path of [
      `/v1/users/${world.user('acme').userId}`,
      `/v1/users/${NOBODY}`,
      '/v1/users/x',
      '/v1/none',
    ]) {
      expect([path, (await world.api.get(path)).status]).toEqual([path, 401]);
    }
  });

  test('a header that names a tenant changes nothing', async () => {
    const { token, userId } = world.user('acme');
    const globex = await world.tenantId('globex');
    const forged = { 'x-tenant-id': globex, 'x-tenant': 'globex', tenant: globex };
    const foreign = `/v1/users/${world.user('globex').userId}`;
    expect((await world.api.get(foreign, token, forged)).status).toBe(404);
    expect((await world.api.get(`/v1/users/${userId}`, token, forged)).status).toBe(200);
  });

  test('the database shows the application one tenant’s rows, and none without a tenant', async () => {
    const client = await servers.client('app_user', 'saas');
    const [acme, globex] = [await world.tenantId('acme'), await world.tenantId('globex')];
    const visible = async (tenant?: string) => {
      await client.query('BEGIN');
      if (tenant !== undefined)
        await client.query("SELECT set_config('app.tenant_id', $1, true)", [tenant]);
      const { rows } = await client.query<{ email: string }>('SELECT email FROM app.users');
      await client.query('COMMIT');
      return rows.map(({ email }) => email);
    };
    try {
      expect(await visible()).toEqual([]);
      expect(await visible(acme)).toEqual(['ann@acme.test']);
      expect(await visible(globex)).toEqual(['gus@globex.test']);
      // After a transaction the setting reads as an empty string, which is no tenant either.
      expect(await visible()).toEqual([]);
    } finally {
      await client.end();
    }
  });

  test('the application cannot write, move or delete another tenant’s rows, nor empty a table', async () => {
    const client = await servers.client('app_user', 'saas');
    const [acme, globex] = [await world.tenantId('acme'), await world.tenantId('globex')];
    const asAcme = async (text: string, values: unknown[] = []) => {
      await client.query('BEGIN');
      try {
        await client.query("SELECT set_config('app.tenant_id', $1, true)", [acme]);
        return (await client.query(text, values)).rowCount;
      } finally {
        await client.query('ROLLBACK');
      }
    };
    const insert = `INSERT INTO app.users (tenant_id, id, email, name, password_hash)
                    VALUES ($1, gen_random_uuid(), 'new@x.test', 'New', '-')`;
    try {
      expect(await asAcme(insert, [acme])).toBe(1);
      await expect(asAcme(insert, [globex])).rejects.toThrow('violates row-level security policy');
      await expect(asAcme('UPDATE app.users SET tenant_id = $1', [globex])).rejects.toThrow(
        'violates row-level security policy',
      );
      expect(await asAcme('UPDATE app.users SET name = name WHERE tenant_id = $1', [globex])).toBe(
        0,
      );
      expect(await asAcme('DELETE FROM app.users WHERE tenant_id = $1', [globex])).toBe(0);
      for (const forbidden of [
        'TRUNCATE app.users',
        'SELECT * FROM app.audit_outbox',
        'DELETE FROM app.audit_outbox',
        'SELECT * FROM control.tenants',
        'CREATE TABLE app.mine (id int)',
        'ALTER TABLE app.users DISABLE ROW LEVEL SECURITY',
        'SET ROLE app_owner',
      ]) {
        await expect(asAcme(forbidden)).rejects.toThrow(/permission denied|must be owner/);
      }
    } finally {
      await client.end();
    }
  });

  test('tenants that share two pooled connections never see each other, and leave nothing behind', async () => {
    const api = await App.start(servers, 'api', { RATE_LIMIT_PER_MINUTE: '10000' });
    try {
      const users = [world.user('pooled-a'), world.user('pooled-b')];
      const statuses = await Promise.all(
        Array.from({ length: 200 }, async (_, index) => {
          const reader = users[index % 2];
          const target = users[Math.floor(index / 2) % 2];
          const { status } = await api.get(`/v1/users/${target?.userId}`, reader?.token);
          return status === (reader === target ? 200 : 404);
        }),
      );
      expect(statuses.filter((right) => !right)).toEqual([]);
    } finally {
      await api.process.stop();
    }
    for (let round = 0; round < 10; round += 1) {
      const client = await servers.client('app_user', 'saas', true);
      try {
        expect((await client.query('SELECT * FROM app.users')).rows).toEqual([]);
      } finally {
        await client.end();
      }
    }
  });

  /** What an API says that must not start; undefined when it starts after all. */
  async function refusal(env: Record<string, string> = {}): Promise<string | undefined> {
    const api = await App.spawn(servers, 'api', env);
    const started = api.process
      .ready(() => api.get('/health'))
      .then(
        () => undefined,
        () => api.process.exited,
      );
    const code = await started;
    if (code === undefined) await api.process.stop();
    return code === 1 ? api.process.output : undefined;
  }

  test('the API refuses to start on a database that would not keep tenants apart, and says how to mend it', async () => {
    const policy = (await servers.admin(
      'saas',
      `SELECT pg_get_expr(polqual, polrelid) AS text FROM pg_policy
        WHERE polname = 'tenant' AND polrelid = 'app.users'::regclass`,
    )) as { rows: { text: string }[] };
    const rule = policy.rows[0]?.text ?? '';
    const restrict = (table: string, check = rule) =>
      `CREATE POLICY tenant ON ${table} AS RESTRICTIVE FOR ALL TO PUBLIC USING (${rule}) WITH CHECK (${check})`;
    const mistakes: { break: string[]; mend: string[]; message: string }[] = [
      {
        break: ['ALTER TABLE app.users NO FORCE ROW LEVEL SECURITY'],
        mend: ['ALTER TABLE app.users FORCE ROW LEVEL SECURITY'],
        message: 'sees every tenant. ALTER TABLE app.users FORCE ROW LEVEL SECURITY;',
      },
      {
        break: ['ALTER TABLE app.audit_outbox DISABLE ROW LEVEL SECURITY'],
        mend: ['ALTER TABLE app.audit_outbox ENABLE ROW LEVEL SECURITY'],
        message: 'ALTER TABLE app.audit_outbox ENABLE ROW LEVEL SECURITY;',
      },
      {
        break: ['DROP POLICY tenant ON app.users'],
        mend: [restrict('app.users')],
        message: 'app.users has no RESTRICTIVE policy',
      },
      {
        // Reads stay apart, but one tenant can write rows into another.
        break: ['DROP POLICY tenant ON app.audit_outbox', restrict('app.audit_outbox', 'true')],
        mend: ['DROP POLICY tenant ON app.audit_outbox', restrict('app.audit_outbox')],
        message: 'app.audit_outbox has no RESTRICTIVE policy',
      },
      {
        break: ['CREATE TABLE app.forgotten (tenant_id uuid)'],
        mend: ['DROP TABLE app.forgotten'],
        message: 'app.forgotten lacks FORCE',
      },
      {
        break: ['GRANT TRUNCATE ON app.users TO app_user'],
        mend: ['REVOKE TRUNCATE ON app.users FROM app_user'],
        message: 'REVOKE TRUNCATE ON app.users FROM app_user;',
      },
      {
        break: ['ALTER ROLE app_user BYPASSRLS'],
        mend: ['ALTER ROLE app_user NOBYPASSRLS'],
        message: 'ALTER ROLE app_user NOBYPASSRLS;',
      },
      {
        break: ['GRANT app_owner TO app_user'],
        mend: ['REVOKE app_owner FROM app_user'],
        message: 'role app_user, as a member of app_owner, owns app.audit_outbox, ',
      },
    ];
    for (const mistake of mistakes) await servers.admin('saas', ...mistake.break);
    const said = await refusal().finally(async () => {
      for (const mistake of mistakes) await servers.admin('saas', ...mistake.mend);
    });
    for (const { message } of mistakes) expect(said).toContain(message);
    const superuser = { PG_POOLER_URL: servers.url('postgres', 'saas') };
    expect(await refusal(superuser)).toContain('role postgres is a superuser');
    expect(await refusal()).toBeUndefined();
  });
}
