import { Agent, get } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { expect, test } from '@jest/globals';

import { ACCOUNTS, App } from '../support/app.ts';
import { logLines } from '../support/log-lines.ts';
import { eventually, freePort } from '../support/process.ts';
import type { Process } from '../support/process.ts';
import type { World } from '../support/world.ts';

export function operationCases(world: World): void {
  const { servers } = world;

  test('every answer carries the security headers and a request id, errors too', async () => {
    const { token, userId } = world.user('acme');
    for (const path of ['/health', '/nothing', '/v1/users/x', `/v1/users/${userId}`]) {
      const { headers } = await world.api.get(path, token, { 'x-request-id': 'caller-id-1' });
      expect(Object.fromEntries(headers)).toMatchObject({
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'strict-transport-security': 'max-age=31536000; includeSubDomains',
        'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
        'referrer-policy': 'no-referrer',
        'cache-control': 'no-store',
        'x-request-id': 'caller-id-1',
      });
    }
    const { headers } = await world.api.get('/health', undefined, { 'x-request-id': '"{}' });
    expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('an address that a proxy forwards and that is none is a bad request, and is not recorded', async () => {
    const { token, userId } = world.user('acme');
    for (const forged of ['garbage', '1.2.3.4.5', "1' OR '1'='1", 'fe80::1%eth0', '::ffff:1.2.3']) {
      const headers = { 'x-forwarded-for': forged };
      const answers = [
        await world.api.get(`/v1/users/${userId}`, token, headers),
        await world.api.login(ACCOUNTS.acme, forged),
      ];
      for (const { status, body } of answers) {
        expect([forged, status, body['detail']]).toEqual([
          ...[forged, 400, 'X-Forwarded-For holds no address.'],
        ]);
      }
    }
    // Only the last entry is the proxy's; what a client put before it is nobody's business.
    const headers = { 'x-forwarded-for': 'garbage, 192.0.2.251' };
    expect((await world.api.get(`/v1/users/${userId}`, token, headers)).status).toBe(200);
  });

  test('a request that gets no connection to the database is told to come again', async () => {
    const api = await App.start(servers, 'api', { PG_POOL_MAX: '1' });
    const { token, userId } = world.user('acme');
    const client = await servers.client('postgres', 'saas');
    try {
      await eventually(async () => expect((await api.get('/ready')).status).toBe(200));
      await client.query('BEGIN; LOCK TABLE app.users IN ACCESS EXCLUSIVE MODE');
      const first = api.get(`/v1/users/${userId}`, token);
      const refused = await api.get(`/v1/users/${userId}`, token);
      expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
      await client.query('ROLLBACK');
      expect((await first).status).toBe(200);
    } finally {
      await client.end();
      await api.process.stop();
    }
  });

  test('requests are counted by route, method and status on a port of their own', async () => {
    const { token, userId } = world.user('acme');
    await world.api.get(`/v1/users/${userId}`, token);
    const text = await world.api.metrics();
    expect(text).toMatch(
      /^http_requests_total\{service="api",method="GET",route="\/v1\/users\/:id",status="200"\} [1-9]\d*$/m,
    );
    expect(text).toMatch(
      /^http_request_duration_seconds_bucket\{le="1",service="api",method="GET",route="\/v1\/users\/:id"\}/m,
    );
    expect((await world.api.get('/metrics')).status).toBe(404);
  });

  test('a connection that breaks inside a transaction costs that request only', async () => {
    const { token, userId } = world.user('acme');
    const client = await servers.client('postgres', 'saas');
    await client.query('BEGIN; LOCK TABLE app.users IN ACCESS EXCLUSIVE MODE');
    const caught = world.api.get(`/v1/users/${userId}`, token);
    await eventually(async () => {
      const { rowCount } = await servers.client('postgres', 'saas').then(async (admin) => {
        const ended = await admin.query(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
           WHERE application_name = 'api' AND wait_event_type = 'Lock'`,
        );
        await admin.end();
        return ended;
      });
      expect(rowCount).toBeGreaterThan(0);
    });
    await client.query('ROLLBACK');
    await client.end();
    const { status, headers } = await caught;
    expect([status, headers.get('retry-after')]).toEqual([503, '1']);
    expect((await world.api.get(`/v1/users/${userId}`, token)).status).toBe(200);
  });

  test('a slow request is logged as a warning', async () => {
    const { token, userId } = world.user('acme');
    const client = await servers.client('postgres', 'saas');
    await client.query('BEGIN; LOCK TABLE app.users IN ACCESS EXCLUSIVE MODE');
    const slow = world.api.get(`/v1/users/${userId}`, token, {
      'x-forwarded-for': '198.51.100.77',
    });
    await sleep(1_200);
    await client.query('ROLLBACK');
    await client.end();
    expect((await slow).status).toBe(200);
    const requestId = (await slow).headers.get('x-request-id');
    await eventually(async () => {
      const lines = logLines(world.api.process).filter((line) => line['msg'] === 'slow request');
      expect(lines).toContainEqual(
        expect.objectContaining({
          level: 40,
          reqId: requestId,
          method: 'GET',
          url: `/v1/users/${userId}`,
          status: 200,
          network: '198.51.100.0/24',
        }),
      );
      return Promise.resolve();
    });
  });

  test('readiness follows PostgreSQL and Redis, liveness does not', async () => {
    const ready = async (): Promise<[number, unknown]> => {
      const { status, body } = await world.api.get('/ready');
      return [status, body['checks'] ?? {}];
    };
    const usable = async () => expect((await ready())[0]).toBe(200);
    const outage = async (stopped: (Process | undefined)[], failed: string) => {
      for (const process of stopped) process?.signal('SIGSTOP');
      try {
        await eventually(async () => {
          expect(await ready()).toEqual([503, expect.objectContaining({ [failed]: 'failed' })]);
        });
        expect((await world.api.get('/health')).status).toBe(200);
      } finally {
        for (const process of stopped) process?.signal('SIGCONT');
      }
      await eventually(usable);
    };
    await usable();
    await outage([servers.pgbouncer], 'postgres');
    await outage(servers.redis, 'redis');
  });

  test('without the document store the API serves and says that it is degraded', async () => {
    const api = await App.start(servers, 'api', {
      MONGO_URL: `mongodb://localhost:${await freePort()}`,
    });
    try {
      const { status, body } = await api.get('/ready');
      expect(status).toBe(200);
      expect(body).toEqual({
        status: 'degraded',
        checks: { postgres: 'ok', redis: 'ok', documents: 'failed' },
      });
      const { token, userId } = world.user('acme');
      expect((await api.get(`/v1/users/${userId}`, token)).status).toBe(200);
    } finally {
      await api.process.stop();
    }
  });

  test('without Redis nobody gets in: 503, at once, until it is back', async () => {
    const api = await App.start(servers, 'api', { REDIS_NODES: `localhost:${await freePort()}` });
    try {
      const { token, userId } = world.user('acme');
      const started = performance.now();
      for (const answer of [
        await api.get(`/v1/users/${userId}`, token),
        await api.login(ACCOUNTS.busy),
      ]) {
        expect(answer.status).toBe(503);
        expect(answer.headers.get('retry-after')).toBe('1');
      }
      expect(performance.now() - started).toBeLessThan(3_000);
    } finally {
      await api.process.stop();
    }
  });

  test('SIGTERM under 50 busy keep-alive connections loses no request', async () => {
    // Past the pooler, which also shows that named statements work.
    const api = await App.start(servers, 'api', {
      PG_POOLER_URL: servers.url('app_user', 'saas'),
      PG_NAMED_STATEMENTS: 'true',
      RATE_LIMIT_PER_MINUTE: '1000000',
      RATE_LIMIT_PER_HOUR: '1000000',
      DRAIN_SECONDS: '2',
    });
    const { token, userId } = world.user('busy');
    const answers = { ok: 0, failed: [] as unknown[] };
    const agent = new Agent({ keepAlive: true, maxSockets: 50 });
    const request = () =>
      new Promise<boolean>((resolve) => {
        get(
          {
            ...{ host: 'localhost', port: api.port, agent, path: `/v1/users/${userId}` },
            headers: { authorization: `Bearer ${token}` },
          },
          (response) => {
            response.resume();
            response.on('end', () => {
              if (response.statusCode === 200) answers.ok += 1;
              else answers.failed.push(response.statusCode);
              resolve(response.headers.connection !== 'close');
            });
          },
        ).on('error', (error) => {
          answers.failed.push(error.message);
          resolve(false);
        });
      });
    // Each client goes on until it is told to take another connection, as a load balancer's would.
    const clients = Array.from({ length: 50 }, async () => {
      while (await request());
    });
    await eventually(() => {
      expect(answers.ok).toBeGreaterThan(50);
      return Promise.resolve();
    });
    const before = answers.ok;
    api.process.signal('SIGTERM');
    await eventually(async () => {
      const { status, body } = await api.get('/ready');
      expect([status, body['status']]).toEqual([503, 'draining']);
    }, 2);
    await Promise.all(clients);
    agent.destroy();
    expect(await api.process.ended()).toBe(0);
    expect(answers.ok).toBeGreaterThan(before);
    expect(answers.failed).toEqual([]);
  });

  test('all mistakes in the environment are told at once, without the secrets in it', async () => {
    const api = await App.spawn(servers, 'api', {
      PORT: 'abc',
      PG_POOLER_URL: 'postgres://app_user:hunter2@db/saas?sslmode=require',
      REDIS_NODES: '',
      REDIS_MODE: 'sentinel',
      REDIS_PASSWORD: 'hunter2',
      REDIS_CA_FILE: '/nowhere/ca.crt',
      JWT_KEYS_FILE: 'keys.json',
    });
    expect(await api.process.ended()).toBe(1);
    expect(api.process.output.trim().split('\n')).toEqual([
      'The environment is not valid:',
      '  PORT: not valid. Expected: a port, 1 to 65535.',
      '  REDIS_MODE: not valid. Expected: cluster or single.',
      '  JWT_KEYS_FILE: not valid. Expected: an absolute path: a JWKS with private Ed25519 keys, the signing key first.',
      '  REDIS_NODES: missing. Expected: HOST:PORT, several separated by commas.',
      '  REDIS_CA_FILE: /nowhere/ca.crt cannot be read (ENOENT).',
      '  PG_POOLER_URL: sslmode must be verify-full (the default) or disable.',
    ]);
  });

  test('a certificate of another authority is refused', async () => {
    const other = join(servers.directory, 'other-ca.crt');
    const postgres = await App.spawn(servers, 'api', { PG_CA_FILE: other });
    const redis = await App.start(servers, 'api', { REDIS_CA_FILE: other });
    try {
      expect(await postgres.process.ended()).toBe(1);
      expect(postgres.process.output).toMatch(/self-signed certificate|unable to verify/);
      expect((await redis.get('/ready')).body).toMatchObject({ checks: { redis: 'failed' } });
    } finally {
      await redis.process.stop();
    }
  });

  test('the log holds no address, no e-mail, no password and no token', () => {
    // Slow requests are logged with the network that they came from, which is nobody's address.
    const log = world.api.process.output.replaceAll(/"network":"[^"]+\/(24|48)"/g, '');
    expect(logLines(world.api.process).length).toBeGreaterThan(50);
    for (const secret of ['192.0.2.', '@', 'Correct-horse', 'Bearer', world.user('acme').token]) {
      expect(log.split('\n').filter((line) => line.includes(secret))).toEqual([]);
    }
  });
}
