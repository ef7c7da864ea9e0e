import { createHash } from 'node:crypto';

import { beforeAll, expect, test } from '@jest/globals';
import * as k8s from '@pulumi/kubernetes';
import * as pulumi from '@pulumi/pulumi';

import type {
  BackupAccess,
  BackupTarget,
  BackupWriter,
} from '../../components/backup/backup-access.ts';
import { CertificateAuthority } from '../../components/certificates/certificate-authority.ts';
import { Peer } from '../../components/network/peer.ts';
import { Port } from '../../components/network/port.ts';
import { serverParameters } from '../../components/postgres/parameters.ts';
import {
  PostgresCluster,
  type PostgresClusterArgs,
} from '../../components/postgres/postgres-cluster.ts';
import {
  kubernetesBytes,
  postgresBytes,
  postgresSize,
} from '../../components/postgres/quantity.ts';
import { synchronousSpec } from '../../components/postgres/synchronous.ts';
import { mockPulumi, value, type Recorder } from './support/mocks.ts';

const keys: BackupAccess = {
  kind: 'keys',
  endpoint: pulumi.output('https://objects.db.svc:7070'),
  region: 'us-east-1',
  secretName: pulumi.output('objects-credentials'),
  caSecretName: pulumi.output('objects-tls'),
  peer: Peer.pods('db', { app: 'objects' }),
};
const KEY = 'arn:aws:kms:eu-west-1:111122223333:key/backups';
const role: BackupAccess = {
  kind: 'role',
  roleArn: 'arn:aws:iam::111122223333:role/backups',
  region: 'eu-west-1',
  keyArn: KEY,
  peers: [Peer.cidr('10.1.0.0/16')],
};
const writers: BackupWriter[] = [];

function targetOf(bucket: string, access: BackupAccess): BackupTarget {
  const accessFor = (writer: BackupWriter) => {
    writers.push(writer);
    return access;
  };
  return { bucket: pulumi.output(bucket), region: access.region, accessFor };
}

let recorder: Recorder;
let args: PostgresClusterArgs;
let orders: PostgresCluster;

beforeAll(async () => {
  recorder = await mockPulumi();
  args = {
    namespace: 'db',
    image: 'postgresql:17@sha256:1',
    authority: new CertificateAuthority('authority', { commonName: 'test' }),
    instances: 2,
    synchronous: true,
    storage: { size: '20Gi', storageClass: 'fast' },
    resources: {
      requests: { cpu: '500m', memory: '1Gi' },
      limits: { cpu: '2', memory: '2Gi' },
    },
    database: 'app',
    backup: {
      target: targetOf('backups', keys),
      retention: '7d',
      schedule: '0 0 3 * * *',
    },
    pooler: { image: 'pgbouncer:1.24@sha256:2', instances: 2, poolSize: 20 },
    operator: Peer.pods('system', { app: 'operator' }),
    apiServer: { peer: Peer.cidr('10.89.0.1/32'), port: Port.tcp(6443) },
    spread: 'preferred',
  };
  const operator = new pulumi.ComponentResource('test:Operator', 'operator');
  new k8s.core.v1.ConfigMap('operator-webhook', {}, { parent: operator });
  orders = new PostgresCluster('orders', args, { protect: true, dependsOn: [operator] });
  new PostgresCluster('cloud', {
    ...args,
    instances: 3,
    walStorage: { size: '8Gi' },
    spread: 'zone',
    backup: { ...args.backup, target: targetOf('cloud-backups', role) },
    pooler: { ...args.pooler, instances: 1 },
    maxConnections: 300,
    parameters: { work_mem: '8MB' },
  });
  new PostgresCluster('alone', { ...args, instances: 1, synchronous: false });
});

async function spec(name: string): Promise<Record<string, unknown>> {
  return (await recorder.child(name)).inputs['spec'] as Record<string, unknown>;
}

async function waits(name: string): Promise<[unknown, string | undefined]> {
  const { inputs, customTimeouts } = await recorder.child(name);
  const { annotations } = inputs['metadata'] as { annotations?: Record<string, string> };
  return [annotations?.['pulumi.com/waitFor'], customTimeouts?.create];
}

test('clients reach the pooler and the writable primary by their services', async () => {
  expect(await value(orders.access.poolerHost)).toBe('orders-pooler.db.svc');
  expect(await value(orders.access.directHost)).toBe('orders-rw.db.svc');
  expect(orders.access).toMatchObject({
    port: 5432,
    database: 'app',
    poolerPeer: { kind: 'pods', labels: { 'cnpg.io/poolerName': 'orders-pooler' } },
    directPeer: {
      kind: 'pods',
      labels: { 'cnpg.io/cluster': 'orders', 'cnpg.io/podRole': 'instance' },
    },
  });
});

test('the parameters are those of the small profile, and strings', async () => {
  expect(await spec('orders-cluster')).toHaveProperty('postgresql.parameters', {
    max_connections: '200',
    shared_buffers: '256MB',
    effective_cache_size: '1GB',
    maintenance_work_mem: '64MB',
    checkpoint_completion_target: '0.9',
    wal_buffers: '16MB',
    default_statistics_target: '100',
    random_page_cost: '1.1',
    effective_io_concurrency: '200',
    work_mem: '4MB',
    min_wal_size: '1GB',
    max_wal_size: '4GB',
    log_min_duration_statement: '1000',
  });
});

test('more memory raises the memory parameters, a small volume lowers those of the WAL', () => {
  const sized = serverParameters('db', { memory: '16Gi', walVolume: '5Gi', maxConnections: 200 });
  expect(sized).toMatchObject({
    shared_buffers: '4GB',
    effective_cache_size: '12GB',
    maintenance_work_mem: '1GB',
    work_mem: '20MB',
    min_wal_size: '640MB',
    max_wal_size: '2560MB',
  });
});

test('what the caller sets wins over what is derived', async () => {
  expect(await spec('cloud-cluster')).toMatchObject({
    postgresql: { parameters: { max_connections: '300', work_mem: '8MB' } },
  });
});

test('two instances: a commit waits for the standby, and the survivor of a failover writes', async () => {
  expect(await spec('orders-cluster')).toHaveProperty('postgresql.synchronous', {
    method: 'any',
    number: 1,
    dataDurability: 'preferred',
    failoverQuorum: true,
  });
});

test('three instances: no commit returns without a standby', async () => {
  expect(await spec('cloud-cluster')).toHaveProperty('postgresql.synchronous', {
    method: 'any',
    number: 1,
    dataDurability: 'required',
    failoverQuorum: true,
  });
});

test('one instance has no standby to wait for and no budget that blocks a drain', async () => {
  const alone = await spec('alone-cluster');
  expect(alone['postgresql']).not.toHaveProperty('synchronous');
  expect(alone).toMatchObject({ enablePDB: false, primaryUpdateMethod: 'restart' });
  expect(await spec('orders-cluster')).toMatchObject({
    enablePDB: true,
    primaryUpdateMethod: 'switchover',
    primaryUpdateStrategy: 'unsupervised',
  });
});

test('passwords cross the network only inside TLS, whose certificate names every service', async () => {
  expect(await spec('orders-cluster')).toMatchObject({
    certificates: { serverTLSSecret: 'orders-tls', serverCASecret: 'orders-tls' },
    enableSuperuserAccess: false,
    postgresql: { pg_hba: ['hostnossl all all all reject'] },
  });
  expect(await spec('orders-pooler-pooler')).toHaveProperty(
    'pgbouncer.parameters.client_tls_sslmode',
    'require',
  );
  const request = (await recorder.all()).find(
    ({ name, type }) => name.startsWith('orders-certificate') && type.includes('CertRequest'),
  );
  const names = request?.inputs['dnsNames'] as string[];
  for (const service of ['orders-rw', 'orders-ro', 'orders-r', 'orders-pooler']) {
    for (const suffix of ['', '.db', '.db.svc', '.db.svc.cluster.local']) {
      expect(names).toContain(`${service}${suffix}`);
    }
  }
  expect(names).toHaveLength(16);
});

test('the database is made with checksums and an owner whose password is random', async () => {
  expect(await spec('orders-cluster')).toHaveProperty('bootstrap.initdb', {
    database: 'app',
    owner: 'app_owner',
    secret: { name: 'orders-owner-credentials' },
    dataChecksums: true,
    encoding: 'UTF8',
    localeCollate: 'C',
    localeCType: 'C.UTF-8',
  });
  const secret = await recorder.child('orders-owner-credentials');
  expect(secret.inputs).toMatchObject({
    type: 'kubernetes.io/basic-auth',
    stringData: { username: 'app_owner', password: 'orders-owner-password-result' },
  });
});

test('volumes, memory and placement are as asked', async () => {
  expect(await spec('orders-cluster')).toMatchObject({
    imageName: 'postgresql:17@sha256:1',
    instances: 2,
    storage: { size: '20Gi', storageClass: 'fast' },
    resources: args.resources,
    affinity: {
      enablePodAntiAffinity: true,
      podAntiAffinityType: 'preferred',
      topologyKey: 'kubernetes.io/hostname',
    },
  });
  expect(await spec('orders-cluster')).not.toHaveProperty('walStorage');
  expect(await spec('cloud-cluster')).toMatchObject({
    walStorage: { size: '8Gi' },
    affinity: {
      podAntiAffinityType: 'required',
      topologyKey: 'topology.kubernetes.io/zone',
    },
  });
});

test('where a zone may be lost no two instances share one, and poolers spread too', async () => {
  const rules = async (name: string, path: string) => {
    const found = (await recorder.child(name)).inputs['spec'] as Record<string, unknown>;
    const constraints = path.split('.').reduce<unknown>((node, key) => {
      return (node as Record<string, unknown>)[key];
    }, found) as { topologyKey: string; whenUnsatisfiable: string; labelSelector: object }[];
    return constraints.map((one) => [one.topologyKey, one.whenUnsatisfiable, one.labelSelector]);
  };
  const instances = { matchLabels: { 'cnpg.io/cluster': 'cloud', 'cnpg.io/podRole': 'instance' } };
  expect(await rules('cloud-cluster', 'topologySpreadConstraints')).toEqual([
    ['topology.kubernetes.io/zone', 'DoNotSchedule', instances],
    ['kubernetes.io/hostname', 'DoNotSchedule', instances],
  ]);
  const poolers = { matchLabels: { 'cnpg.io/poolerName': 'orders-pooler' } };
  expect(await rules('orders-pooler-pooler', 'template.spec.topologySpreadConstraints')).toEqual([
    ['topology.kubernetes.io/zone', 'ScheduleAnyway', poolers],
    ['kubernetes.io/hostname', 'ScheduleAnyway', poolers],
  ]);
});

test('WAL is archived into a folder of its own, with keys from Secrets and a verified address', async () => {
  expect(await spec('orders-cluster')).toHaveProperty('plugins', [
    {
      name: 'barman-cloud.cloudnative-pg.io',
      isWALArchiver: true,
      parameters: { barmanObjectName: 'orders-store' },
    },
  ]);
  expect(await spec('orders-cluster')).not.toHaveProperty('serviceAccountTemplate');
  expect(await spec('orders-store')).toMatchObject({
    configuration: {
      destinationPath: 's3://backups/orders',
      endpointURL: 'https://objects.db.svc:7070',
      endpointCA: { name: 'objects-tls', key: 'ca.crt' },
      s3Credentials: {
        accessKeyId: { name: 'objects-credentials', key: 'access-key-id' },
        secretAccessKey: { name: 'objects-credentials', key: 'secret-access-key' },
      },
      wal: { compression: 'gzip', maxParallel: 2 },
      data: { compression: 'gzip', jobs: 2, immediateCheckpoint: true },
    },
    retentionPolicy: '7d',
    instanceSidecarConfiguration: { env: [{ name: 'AWS_DEFAULT_REGION', value: 'us-east-1' }] },
  });
});

test('in a cloud the pod itself has the role, and its sidecar may read one Secret only', async () => {
  expect(await spec('cloud-cluster')).toHaveProperty('serviceAccountTemplate', {
    metadata: {
      annotations: { 'eks.amazonaws.com/role-arn': 'arn:aws:iam::111122223333:role/backups' },
    },
  });
  const store = await spec('cloud-store');
  expect(store).toHaveProperty('configuration.s3Credentials', {
    inheritFromIAMRole: true,
    region: { name: 'cloud-store-region', key: 'region' },
  });
  expect(store).not.toHaveProperty('configuration.endpointURL');
  expect((await recorder.child('cloud-store-region')).inputs['stringData']).toEqual({
    region: 'eu-west-1',
  });
});

test('in a cloud WAL and base backups name the key that the bucket demands', async () => {
  const encrypted = ['--sse-kms-key-id', KEY];
  expect(await spec('cloud-store')).toMatchObject({
    configuration: {
      wal: { encryption: 'aws:kms', archiveAdditionalCommandArgs: encrypted },
      data: { encryption: 'aws:kms', additionalCommandArgs: encrypted },
    },
  });
  // The store inside the cluster answers 501 to an encryption.
  expect(JSON.stringify(await spec('orders-store'))).not.toContain('encryption');
});

test('the accounts of a cluster, and of one restored beside it, share the folder of its name', () => {
  const accounts = ['cloud', 'cloud-restore'].map((name) => ({ namespace: 'db', name }));
  expect(writers).toContainEqual({ prefix: 'cloud', serviceAccounts: accounts });
});

test('backups go through the plugin: one at once from the primary, then by the clock', async () => {
  const plugin = {
    cluster: { name: 'orders' },
    method: 'plugin',
    pluginConfiguration: { name: 'barman-cloud.cloudnative-pg.io' },
  };
  expect(await spec('orders-first-backup')).toEqual({ ...plugin, target: 'primary' });
  expect(await spec('orders-schedule')).toEqual({
    ...plugin,
    schedule: '0 0 3 * * *',
    target: 'prefer-standby',
    backupOwnerReference: 'self',
  });
});

test('every step is awaited, and every wait ends', async () => {
  expect(await waits('orders-cluster')).toEqual(['condition=Ready', '10m']);
  expect(await waits('orders-first-backup')).toEqual(['jsonpath={.status.phase}=completed', '5m']);
  expect(await waits('orders-pooler-pooler')).toEqual(['jsonpath={.status.phase}=active', '2m']);
  // As long as the cluster, because they are made before it and wait for its primary.
  const role = ['jsonpath={.status.applied}=true', '10m'];
  expect(await waits('orders-app-user-role')).toEqual(role);
  expect(await waits('orders-app-owner-role')).toEqual(role);
  expect(await waits('orders-schedule')).toEqual([undefined, '2m']);
});

test('a renewed certificate changes cluster and pooler, so both are reloaded', async () => {
  for (const name of ['orders-cluster', 'orders-pooler-pooler']) {
    expect((await recorder.child(name)).inputs).toHaveProperty(
      ['metadata', 'annotations', 'checksum/certificate'],
      createHash('sha256').update('orders-certificate-certificate-pem').digest('hex'),
    );
  }
});

test('the order is operator, open paths and store, cluster, then all that waits for it', async () => {
  const after = async (name: string) => (await recorder.child(name)).dependencies;
  expect(await after('orders-store')).toContain('operator-webhook');
  expect(await after('orders-cluster')).toEqual(
    expect.arrayContaining([
      'operator-webhook',
      'orders-store',
      'orders-owner-credentials',
      'orders-members-ingress',
      'orders-operator-egress',
      'orders-api-server-egress',
      'orders-backup-egress',
    ]),
  );
  for (const name of ['orders-pooler-pooler', 'orders-first-backup', 'orders-schedule']) {
    expect(await after(name)).toContain('orders-cluster');
  }
  // The operator knows the roles before the primary runs; later it would try only every 30 s.
  const role = await after('orders-app-migrator-role');
  expect(role).toContain('orders-store');
  expect(role).not.toContain('orders-cluster');
  expect(role).not.toContain('orders-app-owner-role');
});

test('protection reaches the cluster object', async () => {
  expect((await recorder.child('orders-cluster')).protect).toBe(true);
  expect((await recorder.child('alone-cluster')).protect).toBe(false);
});

test('the pooler keeps prepared statements in transaction mode', async () => {
  expect(await spec('orders-pooler-pooler')).toMatchObject({
    cluster: { name: 'orders' },
    type: 'rw',
    instances: 2,
    pgbouncer: {
      poolMode: 'transaction',
      image: 'pgbouncer:1.24@sha256:2',
      parameters: {
        max_prepared_statements: '200',
        default_pool_size: '20',
        max_client_conn: '1000',
      },
    },
  });
});

test('a request learns within seconds that the primary is away, and soon of its successor', async () => {
  expect(await spec('orders-pooler-pooler')).toMatchObject({
    pgbouncer: { parameters: { query_wait_timeout: '5', server_login_retry: '1' } },
  });
});

test('a drain takes one pooler at a time, and a single one is not held back', async () => {
  expect(await spec('orders-pooler-disruption')).toEqual({
    maxUnavailable: 1,
    unhealthyPodEvictionPolicy: 'AlwaysAllow',
    selector: { matchLabels: { 'cnpg.io/poolerName': 'orders-pooler' } },
  });
  expect((await recorder.all()).map(({ name }) => name)).not.toContain('cloud-pooler-disruption');
});

test('the application has three logins, and only the platform login passes row security', async () => {
  const owner = await spec('orders-app-owner-role');
  expect(owner).toMatchObject({ name: 'app_owner' });
  expect(owner).not.toHaveProperty('login');
  expect(await spec('orders-app-migrator-role')).toMatchObject({
    cluster: { name: 'orders' },
    name: 'app_migrator',
    login: true,
    inRoles: ['app_owner'],
    passwordSecret: { name: 'orders-app-migrator-credentials' },
    databaseRoleReclaimPolicy: 'retain',
  });
  const user = await spec('orders-app-user-role');
  expect(user).toMatchObject({ name: 'app_user', login: true });
  expect(user).not.toHaveProperty('bypassrls');
  expect(user).not.toHaveProperty('inRoles');
  expect(await spec('orders-app-platform-role')).toMatchObject({
    name: 'app_platform',
    bypassrls: true,
  });
  const secret = await recorder.child('orders-app-user-credentials');
  expect(secret.secretPaths).toContain('stringData');
  expect(secret.inputs).toHaveProperty(['metadata', 'labels', 'cnpg.io/reload'], 'true');
});

test('the password of a login is a secret, and known once the role exists', async () => {
  const { username, password } = orders.access.roles.migrator;
  expect(username).toBe('app_migrator');
  expect(await value(password)).toBe('orders-app-migrator-password-result');
  expect(await pulumi.isSecret(password)).toBe(true);
});

/** Who may open which port to whom, one line per path, as the policies of a cluster say it. */
async function paths(name: string): Promise<string[]> {
  const traffic = (await recorder.all()).filter(
    ({ type, parent }) => type === 'saas:network:AllowTraffic' && parent === name,
  );
  const label = (peer: Record<string, unknown>) =>
    peer['kind'] === 'cidr' ? peer['cidr'] : Object.values(peer['labels'] as object).join('/');
  return traffic
    .map(({ inputs }) => {
      const {
        from = [],
        to = [],
        ports = [],
      } = inputs as Record<string, Record<string, unknown>[]>;
      return [...from.map(label), ...to.map(label), ...ports.map(({ port }) => port)].join(' ');
    })
    .sort();
}

test('exactly the paths that the cluster needs are open', async () => {
  expect(await paths('orders')).toEqual([
    'operator orders/instance 5432 8000',
    'orders 10.89.0.1/32 6443',
    'orders orders/instance 5432 8000',
    'orders/instance objects 7070',
  ]);
  expect(await paths('cloud')).toContain('cloud/instance 10.1.0.0/16 443');
});

test.each<[string, Partial<PostgresClusterArgs>, string]>([
  [
    'a five-field cron',
    { backup: { ...({} as PostgresClusterArgs['backup']), schedule: '0 3 * * *' } },
    'orders.backup.schedule: expected 6 cron fields, got 5. Did you mean "0 0 3 * * *"?',
  ],
  [
    'a standby of one instance',
    { instances: 1 },
    'orders.synchronous: needs a standby, but there is one instance. ' +
      'Set instances to 2 or more, or synchronous to false.',
  ],
  [
    'a volume in the wrong unit',
    { storage: { size: '20GB' } },
    'orders.storage: "20GB" is not a size. Did you mean "20Gi"?',
  ],
  [
    'a WAL that shrinks above its top',
    { parameters: { min_wal_size: '4GB', max_wal_size: '1GB' } },
    'orders.parameters.min_wal_size: 4GB must be less than max_wal_size, 1GB.',
  ],
  [
    'a WAL larger than its volume',
    { walStorage: { size: '4Gi' }, parameters: { max_wal_size: '4GB' } },
    'orders.parameters.max_wal_size: 4GB must be less than the volume, 4Gi.',
  ],
  [
    'buffers larger than the memory',
    { parameters: { shared_buffers: '2GB' } },
    'orders.parameters.shared_buffers: 2GB must fit into the memory request.',
  ],
  [
    'a parameter in the wrong unit',
    { parameters: { shared_buffers: '512Mi' } },
    'orders.parameters.shared_buffers: "512Mi" is not a size. Did you mean "512MB"?',
  ],
  [
    'a parameter of the operator',
    { parameters: { archive_mode: 'off' } },
    'orders.parameters.archive_mode: is set by the operator. Leave it out.',
  ],
  [
    'a limit below the request',
    { resources: { requests: { cpu: '1', memory: '2Gi' }, limits: { memory: '1Gi' } } },
    'orders.resources.limits.memory: "1Gi" is less than the request of "2Gi".',
  ],
])('%s is refused before anything is made', (_, wrong, message) => {
  const backup = { ...args.backup, ...wrong.backup };
  expect(() => new PostgresCluster('orders', { ...args, ...wrong, backup })).toThrow(message);
});

test('a retention without a unit is refused, with the fix', () => {
  const make = (retention: string) => () =>
    new PostgresCluster('wrong', { ...args, backup: { ...args.backup, retention } });
  expect(make('30')).toThrow(
    'wrong.backup.retention: "30" is not a recovery window. Did you mean "30d"?',
  );
  expect(make('0d')).toThrow(/not a recovery window/);
});

test('a pooler without pods is refused', () => {
  const pooler = { ...args.pooler, instances: 0 };
  expect(() => new PostgresCluster('empty', { ...args, pooler })).toThrow(
    'empty.pooler.instances: 0 must be a whole number from 1.',
  );
});

test('sizes are read in the units of their own world', () => {
  expect(kubernetesBytes('x', '1Gi')).toBe(2 ** 30);
  expect(kubernetesBytes('x', '1G')).toBe(1e9);
  expect(kubernetesBytes('x', '0.5Mi')).toBe(2 ** 19);
  expect(postgresBytes('x', '1GB')).toBe(2 ** 30);
  expect(postgresBytes('x', '8kB')).toBe(8192);
  expect(postgresSize(2 ** 31)).toBe('2GB');
  expect(postgresSize(1)).toBe('1MB');
  expect(() => kubernetesBytes('x', '5gb')).toThrow('x: "5gb" is not a size. Did you mean "5Gi"?');
  expect(() => postgresBytes('x', '5K')).toThrow('x: "5K" is not a size. Did you mean "5kB"?');
  expect(() => kubernetesBytes('x', 'big')).toThrow('Did you mean "20Gi"?');
});

test('a cluster that waits for nobody has no synchronous part', () => {
  expect(synchronousSpec('x', 3, false)).toBeUndefined();
});
