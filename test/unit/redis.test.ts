import { tmpdir } from 'node:os';

import { beforeAll, describe, expect, test } from '@jest/globals';

import * as pulumi from '@pulumi/pulumi';

import type {
  BackupAccess,
  BackupTarget,
  BackupWriter,
} from '../../components/backup/backup-access.ts';
import { CertificateAuthority } from '../../components/certificates/certificate-authority.ts';
import { Peer } from '../../components/network/peer.ts';
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

const role: BackupAccess = {
  kind: 'role',
  roleArn: 'arn:aws:iam::111122223333:role/redis',
  region: 'eu-west-1',
  keyArn: 'arn:aws:kms:eu-west-1:111122223333:key/backups',
  peers: [Peer.cidr('10.1.0.0/16')],
};
const keys: BackupAccess = {
  kind: 'keys',
  endpoint: pulumi.output('https://objects.saas-data.svc:7070'),
  region: 'us-east-1',
  secretName: pulumi.output('objects-credentials'),
  caSecretName: pulumi.output('objects-tls'),
  peer: Peer.pods('saas-data', { app: 'objects' }),
};
const writers: BackupWriter[] = [];
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
  const store = (access: BackupAccess): BackupTarget => ({
    bucket: pulumi.output('backups'),
    region: access.region,
    accessFor: (writer) => {
      writers.push(writer);
      return access;
    },
  });
  const schedule = '30 1 * * *';
  cluster = new RedisCluster(
    'redis',
    { ...args, spread: 'zone', backup: { image: 'aws-cli:2', target: store(role), schedule } },
    { protect: true },
  );
  new RedisCluster('inner', {
    ...args,
    backup: { image: 'aws-cli:2', target: store(keys), schedule },
  });
  new RedisCluster('plain', args);
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

  test('keep their volumes whatever happens to the set, and spread over zones', async () => {
    const { inputs } = await recorder.child('redis-nodes', 'StatefulSet');
    expect(inputs).toHaveProperty('spec.persistentVolumeClaimRetentionPolicy', {
      whenDeleted: 'Retain',
      whenScaled: 'Retain',
    });
    expect(inputs).toMatchObject({
      spec: {
        template: {
          spec: {
            topologySpreadConstraints: [
              { topologyKey: 'topology.kubernetes.io/zone', whenUnsatisfiable: 'DoNotSchedule' },
              { topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'DoNotSchedule' },
            ],
          },
        },
      },
    });
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
      unhealthyPodEvictionPolicy: 'AlwaysAllow',
      selector: {
        matchLabels: { 'app.kubernetes.io/name': 'redis', 'app.kubernetes.io/instance': 'redis' },
      },
    });
  });
});

describe('backups', () => {
  const jobOf = async (name: string) => {
    const { inputs } = await recorder.child(`${name}-backup-schedule`);
    const { jobTemplate } = inputs['spec'] as { jobTemplate: { spec: { template: Pod } } };
    return jobTemplate.spec.template.spec;
  };
  const env = (container: Container | undefined) =>
    Object.fromEntries(
      container?.env.map(({ name, value: text, ...from }) => [name, text ?? from]) ?? [],
    );

  test('run by the clock, never two at once, and not for ever', async () => {
    const job = await recorder.child('redis-backup-schedule');
    expect(job.inputs).toMatchObject({
      metadata: { name: 'redis-backup', namespace: 'saas-data', labels: { 'backup-of': 'redis' } },
      spec: {
        schedule: '30 1 * * *',
        timeZone: 'Etc/UTC',
        concurrencyPolicy: 'Forbid',
        jobTemplate: { spec: { backoffLimit: 2, activeDeadlineSeconds: 3600 } },
      },
    });
    expect(job.dependencies).toEqual(
      expect.arrayContaining(['redis-form', 'redis-backup-nodes-egress']),
    );
  });

  test('write with an account of their own into a folder of their own', async () => {
    const serviceAccounts = [{ namespace: 'saas-data', name: 'redis-backup' }];
    expect(writers).toContainEqual({ prefix: 'redis', serviceAccounts });
    const account = await recorder.child('redis-backup-account');
    expect(account.inputs).toMatchObject({
      metadata: {
        name: 'redis-backup',
        annotations: { 'eks.amazonaws.com/role-arn': 'arn:aws:iam::111122223333:role/redis' },
      },
      automountServiceAccountToken: false,
    });
    expect(await jobOf('redis')).toMatchObject({ serviceAccountName: 'redis-backup' });
  });

  test('are sent only when every shard was read, under the key of the bucket', async () => {
    const { initContainers, containers } = await jobOf('redis');
    expect(initContainers.map(({ command }) => command)).toEqual([
      ['/bin/sh', '/etc/redis/scripts/dump.sh'],
    ]);
    const [upload] = containers;
    expect(upload?.command).toEqual(['/bin/sh', '/etc/redis/scripts/upload.sh']);
    expect(env(upload)).toEqual({
      DUMP_DIR: '/dumps',
      TARGET: 's3://backups/redis',
      HOME: '/tmp',
      AWS_REGION: 'eu-west-1',
      KEY_ARN: 'arn:aws:kms:eu-west-1:111122223333:key/backups',
    });
    const scripts = await recorder.child('redis-backup-scripts');
    expect(Object.keys(scripts.inputs['data'] as object).sort()).toEqual([
      'dump.sh',
      'lib.sh',
      'upload.sh',
    ]);
  });

  test('reach the store inside the cluster by its keys and its own authority', async () => {
    const { containers, volumes } = await jobOf('inner');
    expect(env(containers[0])).toMatchObject({
      AWS_ENDPOINT_URL_S3: 'https://objects.saas-data.svc:7070',
      AWS_CA_BUNDLE: '/etc/redis/store/ca.crt',
      AWS_SECRET_ACCESS_KEY: {
        valueFrom: { secretKeyRef: { name: 'objects-credentials', key: 'secret-access-key' } },
      },
    });
    expect(env(containers[0])).not.toHaveProperty('KEY_ARN');
    expect(volumes).toContainEqual({
      name: 'store',
      secret: { secretName: 'objects-tls', items: [{ key: 'ca.crt', path: 'ca.crt' }] },
    });
  });

  test('run as an ordinary user on a read-only file system, with room for every shard', async () => {
    const pod = await jobOf('redis');
    expect(pod).toMatchObject({
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    });
    for (const { securityContext } of [...pod.initContainers, ...pod.containers]) {
      expect(securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
    }
    // Three shards of 60 % of 200Mi.
    expect(pod.volumes).toContainEqual({ name: 'dumps', emptyDir: { sizeLimit: '360Mi' } });
  });

  test('are not made where nobody asked, and their scripts restart no node', async () => {
    const names = (await recorder.all()).map(({ name }) => name);
    expect(names.filter((name) => name.startsWith('plain-backup'))).toEqual([
      'plain-backup-password',
    ]);
    const scripts = await recorder.child('redis-scripts');
    expect(Object.keys(scripts.inputs['data'] as object)).not.toContain('dump.sh');
  });

  test('by a clock with seconds are refused before anything is made', () => {
    const backup = { image: 'x', target: {} as BackupTarget, schedule: '0 30 1 * * *' };
    expect(() => new RedisCluster('late', { ...args, backup })).toThrow(
      'late.backup.schedule: expected 5 cron fields, got 6.',
    );
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
    ({ name, type }) => type.endsWith(':NetworkPolicy') && /^redis-.*-ingress$/.test(name),
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
    'redis-backup-nodes-ingress': [6379],
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
