import { tmpdir } from 'node:os';

import { beforeAll, describe, expect, test } from '@jest/globals';

import { CertificateAuthority } from '../../components/certificates/certificate-authority.ts';
import { aclFile, ACL_USERS, type AclUser } from '../../components/redis/redis-acl.ts';
import { RedisCluster, type RedisClusterArgs } from '../../components/redis/redis-cluster.ts';
import { redisConf } from '../../components/redis/redis-conf.ts';
import { scriptFiles } from '../../components/redis/script-files.ts';
import { mockPulumi, type Recorded, type Recorder, value } from './support/mocks.ts';

interface Container {
  name: string;
  command: string[];
  env: { name: string; value?: string }[];
  securityContext: object;
}
interface Pod {
  spec: { initContainers: Container[]; containers: Container[]; volumes: object[] };
  metadata: { annotations: Record<string, string> };
}

let recorder: Recorder;
let cluster: RedisCluster;
let args: RedisClusterArgs;

const podOf = (resource: Recorded) => (resource.inputs['spec'] as { template: Pod }).template;

beforeAll(async () => {
  recorder = await mockPulumi();
  args = {
    namespace: 'saas-data',
    image: 'redis:8',
    authority: new CertificateAuthority('authority', { commonName: 'test' }),
    nodes: 6,
    storage: '1Gi',
    resources: {
      requests: { cpu: '100m', memory: '128Mi' },
      limits: { cpu: '500m', memory: '200Mi' },
    },
  };
  cluster = new RedisCluster('redis', args, { protect: true });
});

describe('the nodes', () => {
  test('all six start at once and are found before they are ready', async () => {
    const nodes = await recorder.child('redis-nodes', 'StatefulSet');
    expect(nodes.inputs).toMatchObject({
      metadata: { name: 'redis', namespace: 'saas-data' },
      spec: {
        replicas: 6,
        serviceName: 'redis',
        podManagementPolicy: 'Parallel',
        minReadySeconds: 10,
        volumeClaimTemplates: [
          { metadata: { name: 'data' }, spec: { resources: { requests: { storage: '1Gi' } } } },
        ],
      },
    });
    expect((await recorder.child('redis-service')).inputs).toMatchObject({
      metadata: { name: 'redis' },
      spec: { clusterIP: 'None', publishNotReadyAddresses: true },
    });
  });

  test('are protected when the stack says so', async () => {
    expect((await recorder.child('redis-nodes', 'StatefulSet')).protect).toBe(true);
  });

  test('run as an ordinary user on a read-only file system without a token', async () => {
    const { spec } = podOf(await recorder.child('redis-nodes', 'StatefulSet'));
    expect(spec).toMatchObject({
      automountServiceAccountToken: false,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: 999,
        seccompProfile: { type: 'RuntimeDefault' },
      },
    });
    for (const { securityContext } of [...spec.initContainers, ...spec.containers]) {
      expect(securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
    }
  });

  test('each has a keeper that starts before it and outlives its restarts', async () => {
    const { spec } = podOf(await recorder.child('redis-nodes', 'StatefulSet'));
    expect(spec.initContainers).toMatchObject([
      {
        name: 'keeper',
        restartPolicy: 'Always',
        command: ['/bin/sh', '/etc/redis/scripts/keeper.sh'],
      },
    ]);
  });

  test('are judged by a TLS PING and hand over before they stop', async () => {
    const { spec } = podOf(await recorder.child('redis-nodes', 'StatefulSet'));
    const command = (...words: string[]) => ({ exec: { command: ['/bin/sh', ...words] } });
    expect(spec.containers).toMatchObject([
      {
        name: 'redis',
        command: ['/bin/sh', '/etc/redis/scripts/start.sh'],
        readinessProbe: command('/etc/redis/scripts/probe.sh', 'ready'),
        livenessProbe: command('/etc/redis/scripts/probe.sh', 'alive'),
        lifecycle: { preStop: command('/etc/redis/scripts/hand-over.sh') },
      },
    ]);
    expect(spec).toHaveProperty('terminationGracePeriodSeconds', 45);
  });

  test('the server sees password hashes and its own credentials, not the other passwords', async () => {
    const { spec } = podOf(await recorder.child('redis-nodes', 'StatefulSet'));
    expect(spec.volumes).toContainEqual({
      name: 'users',
      secret: {
        secretName: 'redis-users',
        items: [
          { key: 'users.acl', path: 'users.acl' },
          { key: 'auth.conf', path: 'auth.conf' },
        ],
      },
    });
    const names = spec.containers[0]?.env.map(({ name }) => name) ?? [];
    expect(names.filter((name) => name.endsWith('PASSWORD'))).toEqual([
      'KEEPER_PASSWORD',
      'PROBE_PASSWORD',
    ]);
  });

  test('a new configuration, user or certificate rolls the pods', async () => {
    const { metadata } = podOf(await recorder.child('redis-nodes', 'StatefulSet'));
    const hash = expect.stringMatching(/^[0-9a-f]{64}$/);
    expect(metadata.annotations).toEqual({
      'saas-platform/config': hash,
      'saas-platform/users': hash,
      'saas-platform/certificate': hash,
    });
  });

  test('never lose two at once to maintenance', async () => {
    expect((await recorder.child('redis-disruption')).inputs['spec']).toEqual({
      maxUnavailable: 1,
      selector: {
        matchLabels: { 'app.kubernetes.io/name': 'redis', 'app.kubernetes.io/instance': 'redis' },
      },
    });
  });
});

describe('secrets', () => {
  test('no password is readable in what is sent', async () => {
    const users = await recorder.child('redis-users');
    expect(users.secretPaths).toEqual(['stringData']);
    const conf = await recorder.child('redis-conf');
    expect(JSON.stringify(conf.inputs)).not.toContain('password');
  });

  test('the ACL file holds hashes, and the default user is off', () => {
    const passwords = Object.fromEntries(
      Object.keys(ACL_USERS).map((user) => [user, 'secret']),
    ) as Record<AclUser, string>;
    const [first, ...users] = aclFile(passwords).trimEnd().split('\n');
    expect(first).toBe('user default off');
    const hash = '2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b';
    expect(users).toHaveLength(7);
    for (const user of users) {
      expect(user).toContain(` on #${hash} `);
      expect(user).not.toContain('secret ');
    }
  });

  test('the certificate names every node and serves both ends of the bus', async () => {
    const request = await recorder.child('redis-certificate-request');
    expect(request.inputs['dnsNames']).toEqual([
      '*.redis.saas-data.svc.cluster.local',
      'redis.saas-data.svc.cluster.local',
      'localhost',
    ]);
    const certificate = await recorder.child('redis-certificate-certificate');
    expect(certificate.inputs['allowedUses']).toEqual([
      'digital_signature',
      'server_auth',
      'client_auth',
    ]);
  });
});

describe('formation', () => {
  test('waits for the nodes and their open paths', async () => {
    const job = await recorder.child('redis-form', 'Job');
    expect(job.dependencies).toEqual(
      expect.arrayContaining(['redis-nodes', 'redis-formation-egress', 'redis-formation-ingress']),
    );
    expect(job.deleteBeforeReplace).toBe(true);
    expect(job.inputs['spec']).toMatchObject({ backoffLimit: 2, activeDeadlineSeconds: 600 });
  });

  test('clients learn all six nodes by name', async () => {
    expect(await value(cluster.access.nodes)).toEqual(
      [0, 1, 2, 3, 4, 5].map((node) => `redis-${node}.redis.saas-data.svc.cluster.local:6379`),
    );
  });
});

test('only the nodes themselves reach the cluster bus', async () => {
  const ingress = (await recorder.all()).filter(
    ({ name, type }) => type.endsWith(':NetworkPolicy') && name.endsWith('-ingress'),
  );
  const ports = Object.fromEntries(
    ingress.map(({ name, inputs }) => {
      const spec = inputs['spec'] as { ingress: { ports: { port: number }[] }[] };
      return [name, spec.ingress.flatMap((rule) => rule.ports.map(({ port }) => port))];
    }),
  );
  expect(ports).toEqual({
    'redis-nodes-ingress': [6379, 16379],
    'redis-formation-ingress': [6379],
  });
});

describe('redis.conf', () => {
  test('leaves 40 % of the memory limit to forks and buffers', async () => {
    const { inputs } = await recorder.child('redis-conf');
    const bytes = Math.floor(200 * 2 ** 20 * 0.6);
    expect(inputs['data']).toEqual({ 'redis.conf': redisConf(bytes) });
    expect(redisConf(bytes)).toContain(`\nmaxmemory ${bytes}\nmaxmemory-policy noeviction\n`);
  });

  test.each([
    'port 0',
    'tls-port 6379',
    'tls-cluster yes',
    'tls-replication yes',
    'tls-auth-clients optional',
    'cluster-enabled yes',
    'cluster-node-timeout 4000',
    'cluster-preferred-endpoint-type hostname',
    'cluster-require-full-coverage no',
    'appendonly yes',
    'appendfsync everysec',
    'save 900 1 300 10 60 10000',
    'shutdown-timeout 10',
  ])('says %s', (directive) => {
    expect(redisConf(1).split('\n')).toContain(directive);
  });
});

describe('refusals', () => {
  const make = (change: Partial<RedisClusterArgs>) => () =>
    new RedisCluster('refused', { ...args, ...change });

  test('another size than three primaries with one replica each', () => {
    expect(make({ nodes: 3 })).toThrow(
      'refused.nodes: 3 nodes are not supported. Write 6: three primaries with one replica each.',
    );
  });

  test('more data than the memory limit leaves room for', () => {
    expect(make({ maxmemory: '150Mi' })).toThrow(
      'refused.maxmemory: 150Mi is more than 70 % of the memory limit 200Mi: ' +
        'a fork would end in the OOM killer. Write at most "140Mi" or raise the limit.',
    );
  });

  test('scripts that are not where the program looks for them', () => {
    expect(() => scriptFiles(tmpdir())).toThrow(
      'components/redis/scripts is not above the working directory.',
    );
  });
});
