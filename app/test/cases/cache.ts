import { setTimeout as sleep } from 'node:timers/promises';

import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { Cache } from '../../src/cache.ts';
import type { TenantId } from '../../src/db/tenancy.ts';
import { Metrics } from '../../src/metrics.ts';
import type { RedisClient } from '../../src/redis.ts';
import type { App } from '../support/app.ts';
import { UNLIMITED } from '../support/app.ts';
import { redisClient } from '../support/redis.ts';
import { startReady } from '../support/start-ready.ts';
import { Tenant } from '../support/tenant.ts';
import type { World } from '../support/world.ts';

export function cacheCases(world: World): void {
  const { servers } = world;
  let apis: App[] = [];
  let redis: RedisClient;
  let [owner, stranger] = [{}, {}] as [Tenant, Tenant];
  beforeAll(async () => {
    apis = await Promise.all([0, 1].map(() => startReady(servers, UNLIMITED)));
    redis = await redisClient(servers);
    const [api] = apis as [App];
    [owner, stranger] = [new Tenant(world, api, 'settings'), new Tenant(world, api, 'globex')];
  }, 60_000);
  afterAll(async () => {
    redis.disconnect();
    await Promise.all(apis.map(({ process }) => process.stop()));
  });

  const read = (index: number, key: string) =>
    (apis[index % 2] as App).get(`/v1/config/${key}`, owner.token);
  const counts = async (name: string) => {
    const texts = await Promise.all(apis.map((api) => api.metrics()));
    const found = texts.map((text) => new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1] ?? 0);
    return found.reduce<number>((sum, count) => sum + Number(count), 0);
  };
  const write = (key: string, version: number, document: object, by = owner) =>
    by.ok('PUT', `/v1/config/${key}`, { version, document });

  test('forty requests to two processes for what is not cached load it once', async () => {
    await write('stampede', 0, { n: 1 });
    const before = await counts('cache_loads_total');
    const client = await servers.client('postgres', 'saas');
    // The load is slow, so that everybody meets it.
    await client.query('BEGIN; LOCK TABLE app.config_documents IN ACCESS EXCLUSIVE MODE');
    const answers = Array.from({ length: 40 }, (_, index) => read(index, 'stampede'));
    await sleep(300);
    await client.query('ROLLBACK');
    await client.end();
    for (const { status, body } of await Promise.all(answers)) {
      expect([status, body['document']]).toEqual([200, { n: 1 }]);
    }
    expect((await counts('cache_loads_total')) - before).toBe(1);
  });

  test('what is cached needs no look at the documents, and a change is seen at once by every process', async () => {
    const first = await write('seen', 0, { n: 1 });
    expect((await read(0, 'seen')).body).toEqual(first);
    await servers.admin('saas', 'REVOKE SELECT ON app.config_documents FROM app_user');
    try {
      for (const index of [0, 1]) expect((await read(index, 'seen')).body).toEqual(first);
    } finally {
      await servers.admin('saas', 'GRANT SELECT ON app.config_documents TO app_user');
    }
    for (let version = 1; version <= 10; version += 1) {
      const written = await write('seen', version, { n: version + 1 });
      expect((await read(version, 'seen')).body).toEqual(written);
    }
    await owner.ok('DELETE', '/v1/config/seen');
    for (const index of [0, 1]) expect((await read(index, 'seen')).status).toBe(404);
  });

  test('a disabled user gets nothing from the cache', async () => {
    await write('closed', 0, { n: 1 });
    await read(0, 'closed');
    const set = (status: string) =>
      servers.admin('saas', `UPDATE app.users SET status = '${status}' WHERE name = 'sam'`);
    await set('disabled');
    try {
      expect((await read(0, 'closed')).status).toBe(401);
    } finally {
      await set('active');
    }
  });

  test('no key reaches another tenant’s entry, and an entry that was planted there is not served', async () => {
    await write('planted', 0, { secret: 'settings' });
    await write('planted', 0, { own: true }, stranger);
    for (const tenant of [owner, stranger]) await tenant.ok('GET', '/v1/config/planted');
    const [from, to] = [await world.tenantId('settings'), await world.tenantId('globex')];
    const key = (tenant: string) => `app:c:{${tenant}}:config%2Fplanted`;
    const entry = await redis.get(key(from));
    expect(entry).toContain('"secret"');
    await redis.set(key(to), entry ?? '');
    expect((await stranger.ok('GET', '/v1/config/planted'))['document']).toEqual({ own: true });
    // Names that would end the hash tag or begin another one.
    const cache = new Cache(redis, new Metrics('test'));
    for (const name of [`}:{${from}}:config/planted`, `../{${from}}:x`, `x\n{${from}}`, '*']) {
      const load = () => Promise.resolve({ loaded: name });
      expect(await cache.read(to as TenantId, name, load)).toEqual({ loaded: name });
      expect(await redis.exists(`app:c:{${to}}:${encodeURIComponent(name)}`)).toBe(1);
    }
    expect(await redis.get(key(from))).toBe(entry);
  });

  test('a load that fails is not kept, keeps nobody waiting, and one that is older than a change is not found after it', async () => {
    const cache = new Cache(redis, new Metrics('test'));
    const tenant = (await world.tenantId('settings')) as TenantId;
    const failing = () => Promise.reject(new Error('away'));
    await expect(cache.read(tenant, 'failing', failing)).rejects.toThrow('away');
    const started = performance.now();
    expect(await cache.read(tenant, 'failing', () => Promise.resolve(1))).toBe(1);
    expect(performance.now() - started).toBeLessThan(1_000);
    let finish: (value: string) => void = () => {};
    const slow = cache.read(tenant, 'slow', () => new Promise<string>((done) => (finish = done)));
    await sleep(50);
    await cache.invalidate(tenant);
    expect(await cache.read(tenant, 'slow', () => Promise.resolve('new'))).toBe('new');
    finish('old');
    expect(await slow).toBe('old');
    expect(await cache.read(tenant, 'slow', () => Promise.resolve('newer'))).toBe('newer');
    expect(await cache.read(tenant, 'slow', () => Promise.resolve('x'))).toBe('newer');
  });

  test('without Redis everything is loaded', async () => {
    const gone = { mget: () => Promise.reject(new Error('gone')) } as unknown as RedisClient;
    const cache = new Cache(gone, new Metrics('test'));
    expect(await cache.read('t' as TenantId, 'x', () => Promise.resolve(7))).toBe(7);
  });
}
