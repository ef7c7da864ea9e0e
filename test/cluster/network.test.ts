import { connect } from 'node:net';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { addresses } from '../../sandbox/addresses.ts';
import { clusterDir } from '../../sandbox/paths.ts';
import { get, ok, pods, shell, waitFor, type Pod } from './support.ts';

/** Peers by namespace and the selector that finds one of their pods. */
const peers = {
  api: { namespace: 'saas-app', selector: 'app.kubernetes.io/name=api' },
  gateway: { namespace: 'saas-edge', selector: 'app.kubernetes.io/name=traefik' },
  redis: { namespace: 'saas-data', selector: 'app.kubernetes.io/name=redis' },
  postgres: { namespace: 'saas-data', selector: 'cnpg.io/podRole=instance' },
  pooler: { namespace: 'saas-data', selector: 'cnpg.io/podRole=pooler' },
  documents: { namespace: 'saas-data', selector: 'app.kubernetes.io/name=documents' },
  stranger: { namespace: 'default', selector: 'run=stranger' },
} as const;
type Peer = keyof typeof peers;

/** What each peer may reach. Everything that is not listed must be dropped. */
const targets: Record<string, { peer?: Peer; host?: string; port: number; from: readonly Peer[] }> =
  {
    'api 3000': { peer: 'api', port: 3000, from: ['gateway'] },
    'api metrics 9464': { peer: 'api', port: 9464, from: [] },
    // The edge is open to everybody; the other peers may not leave their own paths to use it.
    'gateway 8443': { peer: 'gateway', port: 8443, from: ['stranger'] },
    'redis 6379': { peer: 'redis', port: 6379, from: ['api', 'redis'] },
    'redis bus 16379': { peer: 'redis', port: 16379, from: ['redis'] },
    'postgres 5432': { peer: 'postgres', port: 5432, from: ['postgres', 'pooler', 'documents'] },
    'pooler 5432': { peer: 'pooler', port: 5432, from: ['api'] },
    'documents 27017': { peer: 'documents', port: 27017, from: ['api'] },
    'API server 6443': {
      host: addresses.node,
      port: 6443,
      from: ['gateway', 'postgres', 'pooler', 'stranger'],
    },
  };

const found = new Map<Peer, Pod>();

/** First process of a pod's first container, whose network is the pod's. */
async function networkOf(pod: Pod): Promise<string> {
  const id = pod.status.containerStatuses[0]?.containerID.replace('containerd://', '');
  const socket = join(clusterDir, 'run', 'containerd.sock');
  const tasks = await ok(`ctr --address ${socket} -n k8s.io task ls`);
  const row = tasks.split('\n').find((line) => line.startsWith(id ?? '?'));
  return `/proc/${row?.split(/\s+/)[1]}/ns/net`;
}

/** Sends a real connection attempt from inside the peer's network. */
async function reaches(from: Peer, host: string, port: number): Promise<boolean> {
  const pod = found.get(from);
  if (pod === undefined) throw new Error(`no pod for ${from}`);
  const probe = `timeout 2 bash -c 'exec 3<>/dev/tcp/${host}/${port}' 2>&1`;
  const { code, stdout } = await shell(`nsenter --net=${await networkOf(pod)} ${probe}`);
  // A refusal is an answer: the packet came through. A dropped one gets none until the time is up.
  return code === 0 || stdout.includes('refused');
}

beforeAll(async () => {
  await ok(
    `kubectl run stranger -n default --image=docker.io/library/busybox:1.36 --restart=Never --overrides='${JSON.stringify(
      { spec: { terminationGracePeriodSeconds: 0 } },
    )}' -- sleep 600`,
  );
  await waitFor('the pod of a stranger', 60, async () => {
    const [pod] = await pods('default', 'run=stranger');
    return pod?.status.phase === 'Running' ? undefined : JSON.stringify(pod?.status);
  });
  for (const [name, { namespace, selector }] of Object.entries(peers)) {
    const [pod] = await pods(namespace, selector);
    if (pod === undefined) throw new Error(`no pod of ${name}`);
    found.set(name as Peer, pod);
  }
}, 120_000);

afterAll(async () => {
  await shell('kubectl delete pod stranger -n default --wait=false');
});

for (const [title, { peer, host, port, from }] of Object.entries(targets)) {
  test(`${title} is reached by ${from.join(', ') || 'no pod'}, and packets of all others are dropped`, async () => {
    const address = host ?? found.get(peer as Peer)?.status.podIP ?? '';
    const reached: string[] = [];
    for (const source of Object.keys(peers) as Peer[]) {
      // A pod's packets to itself never leave it.
      if (source === peer && !from.includes(source)) continue;
      if (await reaches(source, address, port)) reached.push(source);
    }
    expect(reached.sort()).toEqual([...from].sort());
  }, 120_000);
}

test('every pod may ask the name service', async () => {
  const [dns] = await pods('kube-system', 'k8s-app=kube-dns');
  for (const source of Object.keys(peers) as Peer[]) {
    expect([source, await reaches(source, dns?.status.podIP ?? '', 53)]).toEqual([source, true]);
  }
}, 60_000);

test('a policy that is taken away opens the path at once, and closes it when it is back', async () => {
  const policies = await get<{ items: { metadata: { name: string } }[] }>(
    'networkpolicy -n saas-app',
  );
  expect(policies.items.length).toBeGreaterThan(2);
  const address = found.get('api')?.status.podIP ?? '';
  expect(await reaches('stranger', address, 3000)).toBe(false);
  const allow = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'test-open', namespace: 'saas-app' },
    spec: { podSelector: {}, policyTypes: ['Ingress'], ingress: [{ ports: [{ port: 3000 }] }] },
  };
  await ok(`kubectl apply -f - <<< '${JSON.stringify(allow)}'`);
  await waitFor('the opened path', 15, async () =>
    (await reaches('stranger', address, 3000)) ? undefined : 'packets are still dropped',
  );
  await ok('kubectl delete networkpolicy test-open -n saas-app');
  await waitFor('the closed path', 15, async () =>
    (await reaches('stranger', address, 3000)) ? 'packets still pass' : undefined,
  );
}, 60_000);

test('the machine itself, and with it every probe of the kubelet, is never cut off', async () => {
  const address = found.get('api')?.status.podIP ?? '';
  await new Promise<void>((resolve, reject) => {
    const socket = connect({ host: address, port: 3000, timeout: 2000 }, () => {
      socket.destroy();
      resolve();
    });
    socket.on('error', reject);
    socket.on('timeout', () => {
      socket.destroy(new Error('dropped'));
    });
  });
});
