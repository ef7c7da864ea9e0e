import { randomUUID } from 'node:crypto';

import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';

import type { TenantId } from '../../src/db/tenancy.ts';
import { EventConsumer } from '../../src/events/consumer.ts';
import type { Handler } from '../../src/events/consumer.ts';
import { deadKey, streamKey, TENANTS } from '../../src/events/event.ts';
import type { TenantEvent } from '../../src/events/event.ts';
import { publish } from '../../src/events/publisher.ts';
import { Metrics } from '../../src/metrics.ts';
import type { RedisClient } from '../../src/redis.ts';
import { App } from '../support/app.ts';
import { eventually, freePort } from '../support/process.ts';
import { redisClient } from '../support/redis.ts';
import type { World } from '../support/world.ts';

const RETRY_MS = 150;

export function eventCases(world: World): void {
  const { servers } = world;
  let redis: RedisClient;
  const running: EventConsumer[] = [];
  beforeAll(async () => {
    redis = await redisClient(servers);
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((consumer) => consumer.stop()));
  });
  afterAll(() => redis.disconnect());

  const consume = (handle: Handler): EventConsumer => {
    const options = { retryMs: RETRY_MS, attempts: 3, pauseMs: 20 };
    const consumer = new EventConsumer(redis, handle, new Metrics('test'), options);
    consumer.start((error) => console.error(error));
    running.push(consumer);
    return consumer;
  };
  /** A tenant that exists in the queue only, so that no other case works on it. */
  const newTenant = () => randomUUID() as TenantId;
  const event = (tenant: TenantId, action = 'thing.made'): TenantEvent => ({
    ...{ id: randomUUID(), tenant, action, object: null, at: new Date().toISOString() },
  });
  const dead = async (tenant: string) =>
    (await redis.xrange(deadKey(tenant), '-', '+')).map(([, fields]) => fields);
  const finished = (tenant: string) =>
    eventually(async () => {
      expect([
        await redis.exists(streamKey(tenant)),
        await redis.sismember(TENANTS, tenant),
      ]).toEqual([0, 0]);
    });

  test('each event is handled once by one of several consumers, in order, and leaves nothing in the queue', async () => {
    const tenants = [newTenant(), newTenant(), newTenant()];
    const handled: TenantEvent[] = [];
    const handle: Handler = (one) => Promise.resolve(void handled.push(one));
    const made = Array.from({ length: 90 }, (_, index) => event(tenants[index % 3] as TenantId));
    for (const one of made) await publish(redis, one);
    consume(handle);
    consume(handle);
    for (const tenant of tenants) await finished(tenant);
    expect(handled).toHaveLength(90);
    expect(new Set(handled.map(({ id }) => id))).toEqual(new Set(made.map(({ id }) => id)));
    expect(handled).toContainEqual(made[0]);
  });

  test('an event that was published again after a crash is not handled again', async () => {
    const tenant = newTenant();
    const one = event(tenant);
    const handled: string[] = [];
    consume(({ id }) => Promise.resolve(void handled.push(id)));
    await publish(redis, one);
    await finished(tenant);
    await publish(redis, one);
    await publish(redis, one);
    await finished(tenant);
    expect(handled).toEqual([one.id]);
  });

  test('an event that fails is tried again after a growing pause, holds up no other, and is put aside in the end', async () => {
    const tenant = newTenant();
    const [bad, shaky, good] = [
      event(tenant, 'bad'),
      event(tenant, 'shaky'),
      event(tenant, 'good'),
    ];
    const tries: Record<string, number[]> = {};
    consume(({ action }) => {
      const times = (tries[action] ??= []);
      times.push(performance.now());
      const fails = action === 'bad' || (action === 'shaky' && times.length < 2);
      return fails ? Promise.reject(new Error('away')) : Promise.resolve();
    });
    for (const one of [bad, shaky, good]) await publish(redis, one);
    await finished(tenant);
    expect([tries['bad']?.length, tries['shaky']?.length, tries['good']?.length]).toEqual([
      3, 2, 1,
    ]);
    const [first = 0, second = 0, third = 0] = tries['bad'] ?? [];
    expect(second - first).toBeGreaterThanOrEqual(RETRY_MS);
    expect(third - second).toBeGreaterThanOrEqual(2 * RETRY_MS);
    expect(await dead(tenant)).toEqual([
      ['event', JSON.stringify(bad), 'reason', 'not handled after 3 attempts'],
    ]);
  });

  test('what a consumer took and never finished is taken over by another one', async () => {
    const tenant = newTenant();
    let stuck = () => {};
    const taken = new Promise<void>((resolve) => {
      consume(() => {
        resolve();
        return new Promise<void>((release) => (stuck = release));
      });
    });
    await publish(redis, event(tenant));
    await taken;
    const handled: string[] = [];
    consume(({ action }) => Promise.resolve(void handled.push(action)));
    await finished(tenant);
    expect(handled).toEqual(['thing.made']);
    stuck();
  });

  test('an event of one tenant in the stream of another is never handled, nor is what is no event', async () => {
    const [own, foreign] = [newTenant(), newTenant()];
    const handled: TenantEvent[] = [];
    const add = (...fields: string[]) => redis.xadd(streamKey(own), '*', ...fields);
    await add('event', JSON.stringify(event(foreign)));
    await add('event', JSON.stringify({ ...event(own), tenant: undefined }));
    await add('event', 'no json');
    await add('event', 'null');
    await add('other', 'x');
    await add('x', 'event');
    const good = event(own);
    await publish(redis, good);
    consume((one) => Promise.resolve(void handled.push(one)));
    await finished(own);
    expect(handled).toEqual([good]);
    const reasons = (await dead(own)).map((fields) => fields.at(-1));
    expect(reasons.slice(0, 2)).toEqual([
      'an event of another tenant',
      'an event of another tenant',
    ]);
    expect(reasons).toHaveLength(6);
    expect(await redis.exists(streamKey(foreign), deadKey(foreign))).toBe(0);
  });

  test('a tenant whose worker died while it took it off the list is found by the next one', async () => {
    const tenant = newTenant();
    await publish(redis, event(tenant));
    await redis.srem(TENANTS, tenant);
    const handled: string[] = [];
    consume(({ action }) => Promise.resolve(void handled.push(action)));
    await eventually(() => Promise.resolve(expect(handled).toEqual(['thing.made'])));
    await finished(tenant);
  });

  test('a change reaches the worker from its outbox: what is cached ends, also when its process died before it could tell, or Redis was away', async () => {
    const tenant = await world.tenantId('settings');
    const before = await redis.get(`app:cv:{${tenant}}`);
    // What a process leaves that dies after its commit.
    await servers.admin(
      'saas',
      `INSERT INTO app.audit_outbox (tenant_id, id, category, action, outcome, request_id)
       VALUES ('${tenant}', gen_random_uuid(), 'config_change', 'config.put', 'success', 'died-early')`,
    );
    const published = async () =>
      (
        await servers.admin(
          'saas',
          `SELECT published_at IS NOT NULL AS done FROM app.audit_outbox WHERE request_id = 'died-early'`,
        )
      ).rows as { done: boolean }[];
    const cut = await App.start(servers, 'worker', {
      REDIS_NODES: `localhost:${await freePort()}`,
    });
    await eventually(async () =>
      expect((await cut.get('/ready')).body).toMatchObject({ checks: { redis: 'failed' } }),
    );
    expect(await published()).toEqual([{ done: false }]);
    await cut.process.stop();
    const worker = await App.start(servers, 'worker');
    try {
      await eventually(async () => expect(await redis.get(`app:cv:{${tenant}}`)).not.toBe(before));
      await eventually(async () => expect(await published()).toEqual([{ done: true }]));
      await eventually(async () =>
        expect(await worker.metrics()).toMatch(/^events_handled_total\{outcome="done"\} [1-9]/m),
      );
      expect(await worker.metrics()).toMatch(/^events_published_total [1-9]/m);
    } finally {
      await worker.process.stop();
    }
  });
}
