import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Cluster } from 'ioredis';

import { redisClient } from './clients.ts';
import { ok, pods, waitFor } from './support.ts';

const redisPods = () => pods('saas-data', 'app.kubernetes.io/name=redis');
let client: Cluster;

beforeAll(async () => {
  client = await redisClient();
}, 30_000);
afterAll(() => {
  client.disconnect();
});

/** Pod that is the primary of a key's slot. */
async function primaryOf(key: string): Promise<string> {
  const slot = await client.cluster('KEYSLOT', key);
  const slots = await client.cluster('SLOTS');
  const range = slots.find(([from, to]) => from <= slot && slot <= to);
  return range?.[2]?.[0].split('.')[0] ?? '';
}

test('a killed Redis primary is replaced within 10 seconds', async () => {
  const key = 'app:{failover}';
  await client.set(key, '0');
  const primary = await primaryOf(key);
  let lastWrite = Date.now();
  let gap = 0;
  let written = 0;
  let stopped = false;
  const writer = (async () => {
    while (!stopped) {
      try {
        await client.set(key, String(written + 1));
        written++;
        gap = Math.max(gap, Date.now() - lastWrite);
        lastWrite = Date.now();
      } catch {
        // No primary for the slot: the client asks again.
      }
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  })();
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const killedAt = Date.now();
  await ok(`kubectl delete pod ${primary} -n saas-data --force --grace-period=0`);
  await waitFor('writes after the failover', 30, () =>
    Promise.resolve(lastWrite > killedAt + 2000 && gap > 100 ? undefined : 'no write went through'),
  );
  await new Promise((resolve) => setTimeout(resolve, 3000));
  stopped = true;
  await writer;
  console.log(`Redis primary ${primary} killed: ${(gap / 1000).toFixed(1)} s without writes`);
  expect(written).toBeGreaterThan(10);
  expect(gap).toBeLessThanOrEqual(10_000);
  await waitForCluster(60);
}, 120_000);

test('all six nodes restarted at once find each other within 60 seconds, and the data is there', async () => {
  const keys = Array.from({ length: 100 }, (_, index) => `app:{restart-${index}}`);
  for (const key of keys) await client.set(key, `value of ${key}`);
  // The append-only file is synced every second.
  await new Promise((resolve) => setTimeout(resolve, 1500));
  const before = await redisPods();
  expect(before).toHaveLength(6);
  const began = Date.now();
  await ok(
    `kubectl delete pod -n saas-data --force --grace-period=0 ${before.map(({ metadata }) => metadata.name).join(' ')}`,
  );
  await waitFor('six new pods', 60, async () => {
    const now = await redisPods();
    const old = now.filter(({ metadata }) =>
      before.some((pod) => pod.metadata.uid === metadata.uid),
    );
    return now.length === 6 && old.length === 0
      ? undefined
      : `${now.length} pods, ${old.length} old`;
  });
  await waitForCluster(60);
  const seconds = (Date.now() - began) / 1000;
  // A node that has just started still believes in the state it last saw: ask again after the
  // others would have been found missing.
  await new Promise((resolve) => setTimeout(resolve, 10_000));
  await waitForCluster(1);
  const addresses = (await redisPods()).map(({ status }) => status.podIP);
  console.log(`all six nodes restarted: cluster state ok after ${seconds.toFixed(1)} s`);
  expect(addresses.filter((ip) => before.some(({ status }) => status.podIP === ip))).toEqual([]);
  expect(seconds).toBeLessThanOrEqual(60);
  client.disconnect();
  client = await redisClient();
  for (const key of keys) expect(await client.get(key)).toBe(`value of ${key}`);
}, 180_000);

/** Every node says that the cluster is whole. */
async function waitForCluster(seconds: number): Promise<void> {
  await waitFor('the Redis cluster', seconds, async () => {
    for (const { metadata } of await redisPods()) {
      const info = await ok(
        `kubectl exec -n saas-data ${metadata.name} -c redis -- ` +
          `sh -c 'REDISCLI_AUTH="$PROBE_PASSWORD" redis-cli --tls --cacert /etc/redis/tls/ca.crt --user probe cluster info'`,
      );
      if (!info.includes('cluster_state:ok') || !info.includes('cluster_known_nodes:6')) {
        return `${metadata.name}: ${info.slice(0, 200)}`;
      }
    }
    return undefined;
  });
}
