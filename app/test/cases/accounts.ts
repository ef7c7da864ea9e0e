import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { ACCOUNTS, App } from '../support/app.ts';
import type { AccountName } from '../support/app.ts';
import { post } from '../support/post.ts';
import { freePort } from '../support/process.ts';
import { startReady } from '../support/start-ready.ts';
import type { World } from '../support/world.ts';

const LOCK_SECONDS = 3;
const WRONG = 'Tenant, e-mail address or password is wrong.';

export function accountCases(world: World): void {
  const { servers } = world;
  /** Two processes, so that what one of them ends is seen by the other. */
  let api: App;
  let other: App;

  beforeAll(async () => {
    const env = {
      RATE_LIMIT_AUTH_PER_MINUTE: '1000',
      LOGIN_LOCK_SECONDS: `${LOCK_SECONDS}`,
    };
    [api, other] = (await Promise.all([0, 1].map(() => startReady(servers, env)))) as [App, App];
  }, 60_000);
  afterAll(async () => {
    await Promise.all([api, other].map(({ process }) => process.stop()));
  });

  const signIn = async (slug: AccountName, password = ACCOUNTS[slug].password) => {
    const { status, body } = await api.login({ ...ACCOUNTS[slug], password });
    expect(status).toBe(200);
    return String(body['accessToken']);
  };
  const read = async (app: App, token: string, slug: AccountName) =>
    (await app.get(`/v1/users/${world.user(slug).userId}`, token)).status;
  const sql = async (text: string) =>
    (await servers.admin('saas', text)).rows as Record<string, unknown>[];
  const events = async (slug: AccountName, action: string) =>
    sql(`SELECT outcome, object FROM app.audit_outbox
          WHERE tenant_id = '${await world.tenantId(slug)}' AND action = '${action}' ORDER BY id`);
  const fail = async (slug: AccountName, times: number) => {
    for (let index = 0; index < times; index += 1) {
      const { status } = await api.login({ ...ACCOUNTS[slug], password: 'wrong' });
      expect(status).toBe(401);
    }
  };

  test('a token that was signed out is refused at once by every process, and other sessions live on', async () => {
    const [token, second] = [await signIn('leaver'), await signIn('leaver')];
    expect(await read(other, token, 'leaver')).toBe(200);
    expect((await post(api, '/v1/auth/logout', token)).status).toBe(204);
    expect([await read(api, token, 'leaver'), await read(other, token, 'leaver')]).toEqual([
      401, 401,
    ]);
    expect(await read(other, second, 'leaver')).toBe(200);
    expect(await events('leaver', 'session.end')).toEqual([{ outcome: 'success', object: null }]);
  });

  test('signing out everywhere ends every session of the user in every process, and nobody else’s', async () => {
    const tokens = [await signIn('leaver'), await signIn('leaver'), await signIn('leaver')];
    expect((await post(api, '/v1/auth/logout-all', tokens[0] ?? '')).status).toBe(204);
    for (const token of tokens) {
      expect([await read(api, token, 'leaver'), await read(other, token, 'leaver')]).toEqual([
        401, 401,
      ]);
    }
    expect(await read(other, await signIn('leaver'), 'leaver')).toBe(200);
    expect(await read(other, world.user('acme').token, 'acme')).toBe(200);
  });

  test('a refresh gives a new token and ends the old one, but not later than an hour after the sign-in', async () => {
    const old = await signIn('leaver');
    const { status, body } = await post(other, '/v1/auth/refresh', old);
    expect(status).toBe(200);
    expect(body).toEqual({
      accessToken: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
      tokenType: 'Bearer',
      expiresIn: expect.any(Number),
      userId: world.user('leaver').userId,
    });
    const fresh = String(body['accessToken']);
    expect([await read(api, old, 'leaver'), await read(other, old, 'leaver')]).toEqual([401, 401]);
    expect([await read(api, fresh, 'leaver'), await read(other, fresh, 'leaver')]).toEqual([
      200, 200,
    ]);
    expect(claims(fresh)['sid']).not.toBe(claims(old)['sid']);
    expect(Number(claims(fresh)['exp'])).toBeLessThanOrEqual(Number(claims(old)['exp']) + 1);
  });

  test('a token that comes back after its refresh ends the whole session: one of two holders is a thief', async () => {
    const stolen = await signIn('leaver');
    const fresh = String((await post(api, '/v1/auth/refresh', stolen)).body['accessToken']);
    expect(await read(other, fresh, 'leaver')).toBe(200);
    expect((await post(other, '/v1/auth/refresh', stolen)).status).toBe(401);
    expect([await read(api, fresh, 'leaver'), await read(other, fresh, 'leaver')]).toEqual([
      401, 401,
    ]);
    expect((await post(api, '/v1/auth/refresh', fresh)).status).toBe(401);
    expect(await events('leaver', 'session.reuse')).toEqual([{ outcome: 'failure', object: null }]);
  });

  test('two refreshes of one token at the same time never give two sessions', async () => {
    const token = await signIn('leaver');
    const answers = await Promise.all(
      [api, other].map((app) => post(app, '/v1/auth/refresh', token)),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401]);
  });

  test('a disabled user cannot refresh', async () => {
    const token = await signIn('leaver');
    const set = (status: string) =>
      sql(`UPDATE app.users SET status = '${status}' WHERE email = '${ACCOUNTS.leaver.email}'`);
    await set('disabled');
    expect((await post(api, '/v1/auth/refresh', token)).status).toBe(401);
    await set('active');
    expect(await read(api, token, 'leaver')).toBe(401);
  });

  test('ten wrong passwords in a row lock an account: the right one is refused with the same answer', async () => {
    await fail('locked', 10);
    const right = await api.login(ACCOUNTS.locked);
    expect([right.status, right.body['detail']]).toEqual([401, WRONG]);
    expect(await events('locked', 'account.lock')).toEqual([
      { outcome: 'success', object: `user/${world.user('locked').userId}` },
    ]);
    // Who is signed in stays signed in: a stranger's guesses do not throw anybody out.
    expect(await read(api, world.user('locked').token, 'locked')).toBe(200);
  });

  test('a lock ends by its time, and attempts meanwhile do not make it longer', async () => {
    await sql(`UPDATE app.users SET failed_logins = 9, locked_until = NULL
                WHERE email = '${ACCOUNTS.locked.email}'`);
    const started = performance.now();
    await fail('locked', 1);
    let status = 401;
    while (status === 401 && performance.now() - started < 20_000) {
      await fail('locked', 1);
      ({ status } = await api.login(ACCOUNTS.locked));
    }
    const seconds = (performance.now() - started) / 1_000;
    expect(status).toBe(200);
    expect(seconds).toBeGreaterThan(LOCK_SECONDS - 0.5);
    expect(seconds).toBeLessThan(LOCK_SECONDS + 4);
  });

  test('a sign-in that succeeds starts the count again', async () => {
    await fail('locked', 9);
    await signIn('locked');
    await fail('locked', 9);
    await signIn('locked');
  });

  test('guesses that are sent all at once get no more tries than ten', async () => {
    const wrong = Array.from({ length: 12 }, () =>
      other.login({ ...ACCOUNTS.locked, password: 'wrong' }),
    );
    const statuses = (await Promise.all(wrong)).map(({ status }) => status);
    expect(statuses).toEqual(Array<number>(12).fill(401));
    expect((await api.login(ACCOUNTS.locked)).status).toBe(401);
    const [user] = await sql(`SELECT failed_logins, locked_until > now() AS locked
      FROM app.users WHERE email = '${ACCOUNTS.locked.email}'`);
    expect(user).toEqual({ failed_logins: 0, locked: true });
  });

  test('an unknown account, a wrong password and a locked account get one answer after the same work', async () => {
    const locked = ACCOUNTS.locked;
    await sql(`UPDATE app.users SET locked_until = now() + interval '1 hour'
                WHERE email = '${locked.email}'`);
    const attempts = {
      unknown: { ...locked, email: 'nobody@locked.test' },
      wrong: { ...ACCOUNTS.timed, password: 'wrong' },
      'locked, wrong': { ...locked, password: 'wrong' },
      'locked, right': locked,
    };
    const fastest: Record<string, number> = {};
    for (let round = 0; round < 8; round += 1) {
      for (const [name, attempt] of Object.entries(attempts)) {
        const started = performance.now();
        const { status, body } = await api.login(attempt);
        const ms = performance.now() - started;
        expect([name, status, body['title'], body['detail']]).toEqual([
          ...[name, 401, 'Unauthorized', WRONG],
        ]);
        fastest[name] = Math.min(ms, fastest[name] ?? Infinity);
      }
    }
    await sql('UPDATE app.users SET locked_until = NULL, failed_logins = 0');
    const times = Object.values(fastest);
    expect(Math.min(...times)).toBeGreaterThan(Math.max(...times) * 0.5);
  });

  test('a new password keeps this session, ends the others and is the only one from then on', async () => {
    const { password } = ACCOUNTS.changer;
    const [mine, others] = [await signIn('changer'), await signIn('changer')];
    const answer = await post(api, '/v1/auth/password', mine, {
      current: password,
      password: 'Violet tractor 71',
    });
    expect([answer.status, answer.body]).toEqual([204, {}]);
    expect([await read(api, mine, 'changer'), await read(other, mine, 'changer')]).toEqual([
      200, 200,
    ]);
    expect([await read(api, others, 'changer'), await read(other, others, 'changer')]).toEqual([
      401, 401,
    ]);
    expect((await api.login(ACCOUNTS.changer)).status).toBe(401);
    await signIn('changer', 'Violet tractor 71');
    expect(await events('changer', 'password.change')).toEqual([
      { outcome: 'success', object: `user/${world.user('changer').userId}` },
    ]);
    // The session that stayed can still be refreshed and ended.
    expect((await post(api, '/v1/auth/refresh', mine)).status).toBe(200);
  });

  test('a weak password is refused with the reason, and nothing changes', async () => {
    const current = 'Violet tractor 71';
    const token = await signIn('changer', current);
    const refused = {
      'Short-one-1': 'A password has at least 12 characters.',
      'P@ssw0rd-2026!': 'This password is one of the first that an attacker would try.',
      '123456789012': 'This password is one of the first that an attacker would try.',
      abababababab: 'This password is one of the first that an attacker would try.',
      'qwertyuiop-99': 'This password is one of the first that an attacker would try.',
      'violet tractor 71':
        'A password has upper-case and lower-case letters, a digit and a special character.',
      'VIOLET-TRACTOR-71':
        'A password has upper-case and lower-case letters, a digit and a special character.',
      'Violet-tractor-xx':
        'A password has upper-case and lower-case letters, a digit and a special character.',
      VioletTractor7171:
        'A password has upper-case and lower-case letters, a digit and a special character.',
      'is-Changer-inside':
        'A password does not contain your e-mail name or the name of your organisation.',
      'Violet-charlotte-7':
        'A password does not contain your e-mail name or the name of your organisation.',
    };
    for (const [password, detail] of Object.entries(refused)) {
      const answer = await post(api, '/v1/auth/password', token, { current, password });
      expect([password, answer.status, answer.body['detail']]).toEqual([password, 422, detail]);
    }
    await signIn('changer', current);
  });

  test('a password of more than 90 days is good for its change only: no session, a clear problem, the same limits', async () => {
    const current = 'Violet tractor 71';
    const age = (days: number) =>
      sql(`UPDATE app.users SET password_changed_at = now() - interval '${days} days'
            WHERE email = '${ACCOUNTS.changer.email}'`);
    const renew = async (password: string, newPassword: string) => {
      const { slug: tenant, email } = ACCOUNTS.changer;
      const body = { tenant, email, password, newPassword };
      const answer = await api.send('POST', '/v1/auth/password/renew', { body });
      return [answer.status, answer.body['detail']];
    };
    const open = await signIn('changer', current);
    await age(89);
    await signIn('changer', current);
    await age(91);
    const { status, body } = await api.login({ ...ACCOUNTS.changer, password: current });
    expect([status, body]).toEqual([
      403,
      {
        ...{ type: 'urn:problem:password-expired', title: 'Forbidden', status: 403 },
        detail: 'The password is older than 90 days. Change it with POST /v1/auth/password/renew.',
        instance: expect.any(String),
      },
    ]);
    // Who does not know the password does not learn that it has expired.
    expect((await api.login({ ...ACCOUNTS.changer, password: 'wrong' })).status).toBe(401);
    expect(await renew('wrong', 'Violet tractor 72')).toEqual([401, WRONG]);
    expect(await renew(current, 'violet tractor')).toEqual([422, expect.any(String)]);
    expect(await renew(current, current)).toEqual([422, 'This password was used before.']);
    expect(await renew(current, 'Violet tractor 72')).toEqual([204, undefined]);
    expect(await read(other, open, 'changer')).toBe(401);
    await signIn('changer', 'Violet tractor 72');
    expect((await events('changer', 'password.renew')).map(({ outcome }) => outcome)).toEqual([
      ...['failure', 'success', 'success', 'success'],
    ]);
    await age(1);
    expect(await renew('Violet tractor 72', 'Violet tractor 73')).toEqual([204, undefined]);
    // As the cases after this one expect it.
    await sql(`UPDATE app.users u SET password_hash = h.hash FROM app.password_history h
                WHERE h.user_id = u.id AND u.email = '${ACCOUNTS.changer.email}'
                  AND h.n = (SELECT min(n) + 1 FROM app.password_history WHERE user_id = u.id)`);
    await sql(`DELETE FROM app.password_history h USING app.users u
                WHERE h.user_id = u.id AND u.email = '${ACCOUNTS.changer.email}'`);
    await signIn('changer', current);
  });

  test('none of the last five passwords can be used again, an older one can', async () => {
    let current = 'Violet tractor 71';
    const token = await signIn('changer', current);
    const change = async (password: string) => {
      const answer = await post(api, '/v1/auth/password', token, { current, password });
      if (answer.status === 204) current = password;
      return [answer.status, answer.body['detail']];
    };
    const reused = [422, 'This password was used before.'];
    expect(await change(current)).toEqual(reused);
    for (let index = 1; index <= 5; index += 1) {
      expect(await change(`Violet tractor 8${index}`)).toEqual([204, undefined]);
      expect(await change('Violet tractor 71')).toEqual(reused);
    }
    expect(await change('Violet tractor 86')).toEqual([204, undefined]);
    expect(await change('Violet tractor 71')).toEqual([204, undefined]);
    const rows = await sql(`SELECT count(*)::int AS kept FROM app.password_history h
      JOIN app.users u ON u.tenant_id = h.tenant_id AND u.id = h.user_id
      WHERE email = '${ACCOUNTS.changer.email}'`);
    expect(rows).toEqual([{ kept: 5 }]);
  });

  test('a stolen token does not help to guess the password: wrong ones lock the account', async () => {
    const token = await signIn('changer', 'Violet tractor 71');
    for (let index = 0; index < 10; index += 1) {
      const answer = await post(api, '/v1/auth/password', token, {
        current: `guess ${index}`,
        password: 'Violet tractor 90',
      });
      expect([answer.status, answer.body['detail']]).toEqual([
        403,
        'The current password is wrong.',
      ]);
    }
    const body = { current: 'Violet tractor 71', password: 'Violet tractor 90' };
    expect((await post(api, '/v1/auth/password', token, body)).status).toBe(403);
    expect((await api.login({ ...ACCOUNTS.changer, password: body.current })).status).toBe(401);
    expect(await events('changer', 'account.lock')).toHaveLength(1);
    await sql('UPDATE app.users SET locked_until = NULL, failed_logins = 0');
  });

  test('a tenant’s former passwords are out of every other tenant’s reach', async () => {
    const client = await servers.client('app_user', 'saas');
    const count = async (slug: AccountName) => {
      await client.query('BEGIN');
      await client.query("SELECT set_config('app.tenant_id', $1, true)", [
        await world.tenantId(slug),
      ]);
      const { rows } = await client.query<{ n: number; slug: string }>(
        'SELECT count(*)::int AS n, control.current_tenant_slug() AS slug FROM app.password_history',
      );
      await client.query('ROLLBACK');
      return rows[0];
    };
    try {
      expect(await count('changer')).toEqual({ n: 5, slug: 'changer' });
      expect(await count('acme')).toEqual({ n: 0, slug: 'acme' });
      expect((await client.query('SELECT * FROM app.password_history')).rows).toEqual([]);
    } finally {
      await client.end();
    }
  });

  test('what the accounts need can be taken out of the database and put back', async () => {
    const client = await servers.client('app_migrator', 'saas');
    const schema = async () =>
      (
        await client.query<
          Record<string, unknown>
        >(`SELECT table_name, column_name, data_type FROM information_schema.columns
          WHERE table_schema = 'app' ORDER BY 1, 2`)
      ).rows;
    try {
      // Rolled back at the end: the other cases go on with what they have.
      await client.query('SET ROLE app_owner; BEGIN');
      const before = await schema();
      for (const [list, home, file] of [
        ['tenant', 'app', '0003_accounts'],
        ['platform', 'control', '0003_current_tenant_slug'],
      ] as const) {
        await client.query(`SET LOCAL search_path = ${home}, pg_catalog, pg_temp`);
        for (const way of ['down', 'up']) {
          const path = join(process.cwd(), 'app/migrations', list, `${file}.${way}.sql`);
          await client.query(readFileSync(path, 'utf8'));
          if (list === 'tenant')
            expect((await schema()).length < before.length).toBe(way === 'down');
        }
      }
      expect(await schema()).toEqual(before);
    } finally {
      await client.query('ROLLBACK');
      await client.end();
    }
  });

  test('without Redis no session is refreshed, ended or changed: 503 and a time to come back, never success', async () => {
    const away = await App.start(servers, 'api', { REDIS_NODES: `localhost:${await freePort()}` });
    try {
      const token = await signIn('changer', 'Violet tractor 71');
      const change = { current: 'Violet tractor 71', password: 'Violet tractor 95' };
      for (const [path, body] of [
        ['/v1/auth/refresh', undefined],
        ['/v1/auth/logout', undefined],
        ['/v1/auth/logout-all', undefined],
        ['/v1/auth/password', change],
      ] as const) {
        const answer = await post(away, path, token, body);
        expect([path, answer.status, answer.headers.get('retry-after')]).toEqual([path, 503, '1']);
      }
      expect(await read(api, token, 'changer')).toBe(200);
      await signIn('changer', 'Violet tractor 71');
    } finally {
      await away.process.stop();
    }
  });
}

function claims(token: string): Record<string, unknown> {
  const [, payload = ''] = token.split('.');
  return JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>;
}
