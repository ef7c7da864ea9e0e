import { beforeAll, describe, expect, test } from '@jest/globals';

import { AllowTraffic, type AllowTrafficArgs } from '../../components/network/allow-traffic.ts';
import { containsAddress, parseCidr } from '../../components/network/cidr.ts';
import { Peer } from '../../components/network/peer.ts';
import { Port } from '../../components/network/port.ts';
import { truthTable, type Endpoint } from '../../components/network/truth-table.ts';
import { mockPulumi, type Recorder } from './support/mocks.ts';

const app = Peer.pods('saas-app', { app: 'api' });
const database = Peer.pods('saas-data', { 'cnpg.io/cluster': 'postgres' });
const path: AllowTrafficArgs = {
  from: [app],
  to: [database],
  ports: [Port.postgres],
  description: 'The application reads and writes its rows.',
};
let recorder: Recorder;

beforeAll(async () => {
  recorder = await mockPulumi();
  new AllowTraffic('api-postgres', path, { protect: true });
  new AllowTraffic('api-s3', { ...path, to: [Peer.cidr('10.0.0.0/8')], ports: [Port.https] });
  new AllowTraffic('from-gateway', {
    ...path,
    from: [Peer.cidr('192.168.0.0/16')],
    to: [Peer.namespace('saas-edge')],
    ports: [Port.range(8000, 8443)],
  });
  new AllowTraffic('gossip', { ...path, from: [database, app], to: [database] });
});

describe('a path', () => {
  test('lets the sender send to exactly those pods and ports', async () => {
    expect((await recorder.child('api-postgres-egress')).inputs).toMatchObject({
      metadata: {
        name: 'api-postgres-egress',
        namespace: 'saas-app',
        annotations: { 'kubernetes.io/description': 'The application reads and writes its rows.' },
      },
      spec: {
        podSelector: { matchLabels: { app: 'api' } },
        policyTypes: ['Egress'],
        egress: [
          {
            to: [
              {
                namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'saas-data' } },
                podSelector: { matchLabels: { 'cnpg.io/cluster': 'postgres' } },
              },
            ],
            ports: [{ protocol: 'TCP', port: 5432 }],
          },
        ],
      },
    });
  });

  test('lets the receiver receive from exactly those pods and ports', async () => {
    expect((await recorder.child('api-postgres-ingress')).inputs).toMatchObject({
      metadata: { name: 'api-postgres-ingress', namespace: 'saas-data' },
      spec: {
        podSelector: { matchLabels: { 'cnpg.io/cluster': 'postgres' } },
        policyTypes: ['Ingress'],
        ingress: [
          {
            from: [
              {
                namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'saas-app' } },
                podSelector: { matchLabels: { app: 'api' } },
              },
            ],
            ports: [{ protocol: 'TCP', port: 5432 }],
          },
        ],
      },
    });
  });

  test('makes no policy at a side that is only addresses', async () => {
    const children = (await recorder.all()).filter(({ parent }) => parent !== undefined);
    const of = (name: string) =>
      children.filter(({ parent }) => parent === name).map((child) => child.name);
    expect(of('api-s3')).toEqual(['api-s3-egress']);
    expect(of('from-gateway')).toEqual(['from-gateway-ingress']);
  });

  test('covers all pods of a namespace, and a range of ports', async () => {
    expect((await recorder.child('from-gateway-ingress')).inputs['spec']).toEqual({
      podSelector: { matchLabels: {} },
      policyTypes: ['Ingress'],
      ingress: [
        {
          from: [{ ipBlock: { cidr: '192.168.0.0/16' } }],
          ports: [{ protocol: 'TCP', port: 8000, endPort: 8443 }],
        },
      ],
    });
  });

  test('keeps the name of its first policy when a second peer is added', async () => {
    const second = await recorder.child('gossip-egress-2');
    expect((await recorder.child('gossip-egress')).inputs).toHaveProperty(
      'metadata.namespace',
      'saas-data',
    );
    expect(second.inputs).toHaveProperty('metadata.namespace', 'saas-app');
  });

  test('hands its options down to the policies', async () => {
    const { parent, protect } = await recorder.child('api-postgres-ingress');
    expect({ parent, protect }).toEqual({ parent: 'api-postgres', protect: true });
  });
});

describe('a path is refused when', () => {
  const build = (change: Partial<AllowTrafficArgs>) => () =>
    new AllowTraffic('wrong', { ...path, ...change });

  test.each([
    ['nobody sends', { from: [] }, 'wrong.from: the list is empty.'],
    ['nobody receives', { to: [] }, 'wrong.to: the list is empty.'],
    ['it has no port', { ports: [] }, 'wrong.ports: the list is empty.'],
    [
      'nobody says why',
      { description: ' ' },
      'wrong.description: is empty. Say why the path is open.',
    ],
    [
      'it would make no policy',
      { from: [Peer.cidr('10.0.0.0/8')], to: [Peer.cidr('10.1.0.0/16')] },
      'wrong: both sides are addresses, so no policy would be made.',
    ],
  ])('%s', (_title, change, message) => {
    expect(build(change)).toThrow(new Error(message));
  });
});

describe('a peer', () => {
  test('of a broad block never includes the metadata service of the cloud', () => {
    expect(Peer.cidr('0.0.0.0/0')).toHaveProperty('except', ['169.254.169.254/32']);
    expect(Peer.cidr('169.254.0.0/16')).toHaveProperty('except', ['169.254.169.254/32']);
    expect(Peer.cidr('::/0')).toHaveProperty('except', ['fd00:ec2::254/128']);
    expect(Peer.cidr('10.0.0.0/8')).toHaveProperty('except', []);
  });

  test.each([
    ['10.0.0.1', 'Peer.cidr: "10.0.0.1" has no mask. Did you mean "10.0.0.1/32"?'],
    ['fd00::1', 'Peer.cidr: "fd00::1" has no mask. Did you mean "fd00::1/128"?'],
    [
      '10.0.0.1/8',
      'Peer.cidr: "10.0.0.1/8" has bits set behind its mask. Did you mean "10.0.0.0/8" or "10.0.0.1/32"?',
    ],
    [
      'fd00:1::5/32',
      'Peer.cidr: "fd00:1::5/32" has bits set behind its mask. Did you mean "fd00:1::/32" or "fd00:1::5/128"?',
    ],
    ['10.0.0.0/33', 'Peer.cidr: "/33" is not a mask: it must be 0 to 32.'],
    ['10.0.0.0/x', 'Peer.cidr: "/x" is not a mask: it must be 0 to 32.'],
    ['10.0.0.0/', 'Peer.cidr: "/" is not a mask: it must be 0 to 32.'],
    ['10.0.0/8', 'Peer.cidr: "10.0.0/8" is not a block of IP addresses. Write "10.0.0.0/8".'],
    [
      '10.0.0.0/8/8',
      'Peer.cidr: "10.0.0.0/8/8" is not a block of IP addresses. Write "10.0.0.0/8".',
    ],
    ['postgres', 'Peer.cidr: "postgres" is not a block of IP addresses. Write "10.0.0.0/8".'],
  ])('"%s" is refused, with the fix', (cidr, message) => {
    expect(() => Peer.cidr(cidr)).toThrow(new Error(message));
  });

  test('without labels is refused, because it would be every pod', () => {
    expect(() => Peer.pods('saas-data', {})).toThrow(
      new Error('Peer.pods: no labels given. Write Peer.namespace(…) for all pods.'),
    );
  });
});

test('a block holds its first and its last address and nothing beside them', () => {
  const block = parseCidr('x', '10.1.2.128/25');
  const inside = ['10.1.2.127', '10.1.2.128', '10.1.2.255', '10.1.3.0', '::'].map((address) =>
    containsAddress(block, address),
  );
  expect(inside).toEqual([false, true, true, false, false]);
  expect(containsAddress(parseCidr('x', '::ffff:0:0/96'), '::ffff:10.0.0.1')).toBe(true);
});

describe('a port', () => {
  test.each([
    [0, 'Port.tcp: 0 is not a port: it must be a whole number from 1 to 65535.'],
    [65536, 'Port.tcp: 65536 is not a port: it must be a whole number from 1 to 65535.'],
    [1.5, 'Port.tcp: 1.5 is not a port: it must be a whole number from 1 to 65535.'],
  ])('%d is refused', (port, message) => {
    expect(() => Port.tcp(port)).toThrow(new Error(message));
  });

  test('range is refused when it is none, with the fix', () => {
    expect(() => Port.range(9000, 8000)).toThrow(
      new Error('Port.range: 9000 to 8000 is not a range. Did you mean 8000 to 9000?'),
    );
    expect(() => Port.range(80, 80)).toThrow(
      new Error('Port.range: 80 to 80 is not a range. Write Port.tcp(80).'),
    );
    expect(() => Port.range(80, 70000)).toThrow(
      new Error('Port.range: 70000 is not a port: it must be a whole number from 1 to 65535.'),
    );
  });

  test('of UDP and of TCP are different ports', () => {
    expect(Port.udp(53)).toEqual({ protocol: 'UDP', port: 53 });
    expect(Port.tcp(65535)).toEqual({ protocol: 'TCP', port: 65535 });
  });
});

describe('the truth table', () => {
  const endpoints: Endpoint[] = [
    { name: 'api', namespace: 'saas-app', labels: { app: 'api', extra: 'yes' } },
    { name: 'stranger', namespace: 'saas-app', labels: { app: 'other' } },
    { name: 'postgres', namespace: 'saas-data', labels: { 'cnpg.io/cluster': 'postgres' } },
    { name: 'resolver', namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } },
    { name: 's3', address: '10.1.1.1' },
    { name: 'metadata', address: '169.254.169.254' },
  ];
  const table = truthTable({
    endpoints,
    ports: [Port.postgres, Port.dnsUdp, Port.https],
    namespaces: ['saas-app', 'saas-data'],
    paths: [
      { from: [app], to: [database], ports: [Port.postgres] },
      { from: [app], to: [Peer.cidr('0.0.0.0/0')], ports: [Port.https] },
    ],
  });
  const allowed = table
    .filter((row) => row.allowed)
    .map(({ from, to, port }) => `${from} → ${to} ${port.protocol} ${port.port}`);

  test('has a row for every ordered pair and port', () => {
    expect(table).toHaveLength(6 * 5 * 3);
  });

  test('lists the declared paths and name resolution, and nothing else of denied namespaces', () => {
    const denied = ['api', 'stranger', 'postgres'];
    const ofDenied = allowed.filter((row) => denied.some((name) => row.includes(name)));
    expect(ofDenied).toEqual([
      'api → postgres TCP 5432',
      'api → resolver UDP 53',
      'api → s3 TCP 443',
      'stranger → resolver UDP 53',
      'postgres → resolver UDP 53',
    ]);
  });

  test('leaves alone who is in no denied namespace', () => {
    expect(allowed).toContain('resolver → s3 TCP 443');
    expect(allowed).not.toContain('resolver → postgres TCP 5432');
  });

  test('needs both ends to agree', () => {
    const oneSided = truthTable({
      endpoints,
      ports: [Port.postgres],
      namespaces: ['saas-app', 'saas-data'],
      // The block names no pods, so only the egress policy exists: the receiver still refuses.
      paths: [{ from: [app], to: [Peer.cidr('10.9.0.0/16')], ports: [Port.postgres] }],
    });
    expect(oneSided.filter(({ from, allowed: open }) => from === 'api' && open)).toEqual([]);
  });

  test('a range opens its inner ports, not those beside it', () => {
    const ports = [Port.tcp(7999), Port.tcp(8100), Port.tcp(8444), Port.udp(8100)];
    const rows = truthTable({
      endpoints: endpoints.slice(0, 3),
      ports,
      namespaces: ['saas-app', 'saas-data'],
      paths: [{ from: [app], to: [database], ports: [Port.range(8000, 8443)] }],
    });
    expect(rows.filter((row) => row.allowed).map((row) => row.port)).toEqual([Port.tcp(8100)]);
  });
});
