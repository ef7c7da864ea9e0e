import { createPrivateKey, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from '@jest/globals';

import { ACCOUNTS, App } from '../support/app.ts';
import { signingKey } from '../support/servers.ts';
import type { World } from '../support/world.ts';

const ANN = ACCOUNTS.acme;

export function signInCases(world: World): void {
  test('an account signs in with its password, whatever the case of its address', async () => {
    const { status, body } = await world.api.login({ ...ANN, email: 'Ann@Acme.Test' });
    expect(status).toBe(200);
    expect(body).toEqual({
      accessToken: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
      tokenType: 'Bearer',
      expiresIn: 3600,
      userId: world.user('acme').userId,
    });
  });

  test('a wrong password, an unknown account, an unknown tenant and a foreign account are told apart by nobody', async () => {
    const attempts = [
      { ...ANN, password: ACCOUNTS.globex.password },
      { ...ANN, email: 'nobody@acme.test' },
      { ...ANN, slug: 'nowhere' },
      { ...ANN, slug: 'globex' },
    ];
    for (const attempt of attempts) {
      const { status, body, headers } = await world.api.login(attempt);
      expect(status).toBe(401);
      expect(body).toEqual({
        type: 'about:blank',
        title: 'Unauthorized',
        status: 401,
        detail: 'Tenant, e-mail address or password is wrong.',
        instance: `urn:request:${headers.get('x-request-id')}`,
      });
    }
  });

  test('an unknown account costs as much time as a wrong password', async () => {
    const known = ACCOUNTS.timed;
    const times: [number[], number[]] = [[], []];
    for (let round = 0; round < 5; round += 1) {
      for (const index of [0, 1]) {
        const started = performance.now();
        const email = index === 0 ? `nobody-${round}@timed.test` : known.email;
        await world.api.login({ ...known, email, password: 'wrong' });
        times[index]?.push(performance.now() - started);
      }
    }
    const fastest = times.map((list) => Math.min(...list));
    expect(fastest[0]).toBeGreaterThan((fastest[1] ?? 0) * 0.5);
  });

  test('a suspended tenant signs in no more', async () => {
    const account = ACCOUNTS.suspended;
    const set = (status: string) =>
      world.servers.admin(
        'saas',
        `UPDATE control.tenants SET status = '${status}' WHERE slug = 'suspended'`,
      );
    await set('suspended');
    expect((await world.api.login(account)).status).toBe(401);
    await set('active');
    expect((await world.api.login(account)).status).toBe(200);
  });

  test('a token that is altered, unsigned, of another type or of another issuer is refused', async () => {
    const { token, userId } = world.user('acme');
    const [header = '', payload = '', signature = ''] = token.split('.');
    const decoded = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<
      string,
      unknown
    >;
    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const file = JSON.parse(readFileSync(join(world.servers.directory, 'jwks.json'), 'utf8')) as {
      keys: [Record<string, string>];
    };
    const forge = (jwk: object, head: object, claims: object) => {
      const text = `${encode({ alg: 'EdDSA', kid: 'key-1', typ: 'at+jwt', ...head })}.${encode({ ...decoded, ...claims })}`;
      const key = createPrivateKey({ key: jwk as never, format: 'jwk' });
      return `${text}.${sign(null, Buffer.from(text), key).toString('base64url')}`;
    };
    const [ours] = file.keys;
    const path = `/v1/users/${userId}`;
    // The forger works: what it makes with our own key and nothing changed is accepted.
    expect((await world.api.get(path, forge(ours, {}, {}))).status).toBe(200);

    const past = Math.floor(Date.now() / 1_000) - 10;
    const refused = {
      unsigned: `${encode({ alg: 'none', typ: 'at+jwt' })}.${payload}.${signature}`,
      altered: `${header}.${encode({ ...decoded, tid: await world.tenantId('globex') })}.${signature}`,
      'a stranger’s key': forge(signingKey('key-1'), {}, {}),
      'a key inside the token': forge(
        signingKey('key-2'),
        { kid: undefined, jwk: signingKey('key-2') },
        {},
      ),
      expired: forge(ours, {}, { exp: past }),
      'another issuer': forge(ours, {}, { iss: 'https://elsewhere.test' }),
      'another audience': forge(ours, {}, { aud: 'elsewhere' }),
      'another type': forge(ours, { typ: 'JWT' }, {}),
      'another session': forge(ours, {}, { sid: '00000000-0000-4000-8000-000000000000' }),
      'a session of somebody else': forge(ours, {}, { sub: world.user('globex').userId }),
    };
    for (const [reason, forged] of Object.entries(refused)) {
      expect([reason, (await world.api.get(path, forged)).status]).toEqual([reason, 401]);
    }
  });

  test('keys rotate without signing anybody out', async () => {
    const { keys } = JSON.parse(
      readFileSync(join(world.servers.directory, 'jwks.json'), 'utf8'),
    ) as { keys: object[] };
    const rotated = world.servers.file('rotated.json', { keys: [signingKey('key-2'), ...keys] });
    const next = await App.start(world.servers, 'api', { JWT_KEYS_FILE: rotated });
    try {
      const { token, userId } = world.user('acme');
      expect((await next.get(`/v1/users/${userId}`, token)).status).toBe(200);
      const { body } = await next.login(ANN);
      const newToken = String(body['accessToken']);
      expect((await next.get(`/v1/users/${userId}`, newToken)).status).toBe(200);
      // A process that does not have the new key yet knows nothing of it.
      expect((await world.api.get(`/v1/users/${userId}`, newToken)).status).toBe(401);
    } finally {
      await next.process.stop();
    }
  });

  test('a request that is not what the schema says is refused with its reason', async () => {
    const response = await fetch(`http://localhost:${world.api.port}/v1/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        tenant: 'acme',
        email: ANN.email,
        password: ANN.password,
        admin: true,
      }),
    });
    expect(response.status).toBe(400);
    expect(response.headers.get('content-type')).toMatch('application/problem+json');
    expect(await response.json()).toMatchObject({
      detail: 'body must NOT have additional properties',
    });
  });
}
