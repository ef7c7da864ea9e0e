import { beforeAll, describe, expect, test } from '@jest/globals';
import * as pulumi from '@pulumi/pulumi';

import { CertificateAuthority } from '../../components/certificates/certificate-authority.ts';
import { PerconaStore, type PerconaStoreArgs } from '../../components/documents/percona-store.ts';
import { Peer } from '../../components/network/peer.ts';
import { MongoDbOperator } from '../../components/operators/mongodb-operator.ts';
import { crdSchemas, schemaProblems } from './support/crd-schema.ts';
import { DIGEST, fakeManifests } from './support/manifests.ts';
import { mockPulumi, value, type Recorder } from './support/mocks.ts';

const ROLE = 'arn:aws:iam::111122223333:role/backup';
let recorder: Recorder;
let args: PerconaStoreArgs;
let store: PerconaStore;

beforeAll(async () => {
  recorder = await mockPulumi();
  const authority = new CertificateAuthority('authority', { commonName: 'test' });
  const operator = new MongoDbOperator('mongodb', {
    namespace: 'saas-data',
    ...fakeManifests(),
    image: `registry.test/operator:1@${DIGEST}`,
    apiServer: { cidr: '10.89.0.1/32', port: 6443 },
    backupRoleArn: ROLE,
    protectDefinitions: true,
  });
  args = {
    namespace: 'saas-data',
    image: 'psmdb:8@sha256:1',
    backupImage: 'pbm:2@sha256:2',
    issuer: authority,
    caPem: authority.certificatePem,
    instances: 3,
    storage: { size: '50Gi', storageClass: 'gp3' },
    cache: '1Gi',
    resources: {
      requests: { cpu: '500m', memory: '1Gi' },
      limits: { cpu: '1', memory: '2Gi' },
    },
    database: 'saas',
    backup: {
      bucket: 'backups',
      access: {
        kind: 'role',
        roleArn: ROLE,
        region: 'eu-central-1',
        peers: [Peer.cidr('10.20.0.0/16')],
      },
      schedule: '0 2 * * *',
      keep: 30,
    },
    operator: operator.peer,
  };
  store = new PerconaStore('documents', args, { protect: true, dependsOn: [operator] });
  new PerconaStore('large', {
    ...args,
    instances: 5,
    cache: '3Gi',
    clusterDomain: 'example.org',
    resources: { ...args.resources, limits: { cpu: '2', memory: '7Gi' } },
  });
});

async function spec(name = 'documents'): Promise<Record<string, unknown>> {
  return (await recorder.child(`${name}-cluster`)).inputs['spec'] as Record<string, unknown>;
}

async function replicaSet(name = 'documents'): Promise<Record<string, unknown>> {
  const [set] = (await spec(name))['replsets'] as Record<string, unknown>[];
  return set ?? {};
}

async function waits(name: string): Promise<unknown> {
  const { inputs, customTimeouts } = await recorder.child(name);
  const { annotations } = inputs['metadata'] as { annotations: Record<string, string> };
  return [annotations['pulumi.com/waitFor'], customTimeouts?.create];
}

describe('the application', () => {
  test('gets one secret URI with every member, TLS, and writes that a majority has', async () => {
    const hosts = [0, 1, 2].map(
      (index) => `documents-rs0-${index}.documents-rs0.saas-data.svc.cluster.local:27017`,
    );
    expect(await value(store.access.uri)).toBe(
      `mongodb://app:documents-application-password-result@${hosts.join(',')}/saas` +
        '?replicaSet=rs0&tls=true&authSource=admin&authMechanism=SCRAM-SHA-256&w=majority',
    );
    expect(await pulumi.isSecret(store.access.uri)).toBe(true);
    expect(store.access.database).toBe('saas');
    expect(await value(store.access.caPem)).toBe('authority-certificate-pem');
  });

  test('may read and write its own database only', async () => {
    expect((await spec())['users']).toEqual([
      {
        name: 'app',
        db: 'admin',
        passwordSecretRef: { name: 'documents-application', key: 'password' },
        roles: [{ name: 'readWrite', db: 'saas' }],
      },
    ]);
  });

  test('needs no certificate of its own, which the servers would else ask for', async () => {
    expect(await replicaSet()).toHaveProperty(
      'configuration',
      'net:\n  tls:\n    allowConnectionsWithoutCertificates: true\n',
    );
  });
});

describe('TLS', () => {
  test('is required, and an invalid certificate is refused', async () => {
    expect((await spec())['tls']).toEqual({ mode: 'requireTLS', allowInvalidCertificates: false });
  });

  test('is by our authority, for every name a member is dialled by', async () => {
    expect(await spec()).toMatchObject({
      secrets: { ssl: 'documents-tls', sslInternal: 'documents-tls' },
    });
    const { inputs } = await recorder.child('documents-certificate-request');
    // Members take each other for members by the organization: without one no set would form.
    expect(inputs['subject']).toEqual({
      commonName: 'documents-tls',
      organization: 'saas-platform documents',
    });
    expect(inputs['dnsNames']).toEqual([
      'documents-rs0',
      '*.documents-rs0',
      'documents-rs0.saas-data',
      '*.documents-rs0.saas-data',
      'documents-rs0.saas-data.svc.cluster.local',
      '*.documents-rs0.saas-data.svc.cluster.local',
      'localhost',
    ]);
    expect((await recorder.child('documents-certificate-certificate')).inputs).toMatchObject({
      allowedUses: ['digital_signature', 'server_auth', 'client_auth'],
    });
  });
});

describe('passwords and keys', () => {
  test('of all system users are ours: the operator has nothing to complete', async () => {
    const users = await recorder.child('documents-users');
    const data = users.inputs['stringData'] as Record<string, string>;
    const kinds = ['BACKUP', 'DATABASE_ADMIN', 'CLUSTER_ADMIN', 'CLUSTER_MONITOR', 'USER_ADMIN'];
    const keys = kinds.flatMap((kind) => [`MONGODB_${kind}_USER`, `MONGODB_${kind}_PASSWORD`]);
    expect(Object.keys(data).sort()).toEqual(keys.sort());
    expect(data['MONGODB_DATABASE_ADMIN_PASSWORD']).toBe(
      'documents-database-admin-password-result',
    );
    expect(new Set(Object.values(data)).size).toBe(10);
    expect(users.secretPaths.join()).toMatch(/stringData/);
    expect(await spec()).toMatchObject({ secrets: { users: 'documents-users' } });
  });

  test('the key of the encrypted files is in the state and cannot be deleted by accident', async () => {
    const key = await recorder.child('documents-encryption-key');
    expect(key.inputs['stringData']).toEqual({
      'encryption-key': Buffer.from('documents-encryption').toString('base64'),
    });
    expect(key.protect).toBe(true);
    expect(await recorder.child('documents-encryption')).toMatchObject({
      inputs: { length: 32 },
      protect: true,
    });
    expect(await spec()).toMatchObject({ secrets: { encryptionKey: 'documents-encryption-key' } });
  });
});

describe('a member', () => {
  test('runs restricted, as an account that has no token for the Kubernetes API', async () => {
    const container = {
      runAsNonRoot: true,
      runAsUser: 1001,
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      seccompProfile: { type: 'RuntimeDefault' },
    };
    expect(await spec()).toMatchObject({
      initContainerSecurityContext: container,
      backup: { containerSecurityContext: container },
    });
    expect(await replicaSet()).toMatchObject({
      serviceAccountName: 'documents-mongod',
      containerSecurityContext: container,
      podSecurityContext: {
        runAsNonRoot: true,
        runAsUser: 1001,
        runAsGroup: 1001,
        fsGroup: 1001,
        seccompProfile: { type: 'RuntimeDefault' },
      },
    });
    expect((await recorder.child('documents-account')).inputs).toMatchObject({
      metadata: {
        name: 'documents-mongod',
        annotations: { 'eks.amazonaws.com/role-arn': ROLE },
      },
      automountServiceAccountToken: false,
    });
  });

  test('has the resources, the cache and the compression that were asked for', async () => {
    expect(await replicaSet()).toMatchObject({
      resources: args.resources,
      storage: {
        engine: 'wiredTiger',
        wiredTiger: {
          engineConfig: { cacheSizeRatio: 1, journalCompressor: 'snappy' },
          collectionConfig: { blockCompressor: 'snappy' },
        },
      },
      volumeSpec: {
        persistentVolumeClaim: {
          storageClassName: 'gp3',
          accessModes: ['ReadWriteOnce'],
          resources: { requests: { storage: '50Gi' } },
        },
      },
    });
    expect(await replicaSet('large')).toMatchObject({
      size: 5,
      storage: { wiredTiger: { engineConfig: { cacheSizeRatio: 0.5 } } },
    });
  });

  test('is never on the node of another one, and only one may be drained', async () => {
    expect(await replicaSet()).toMatchObject({
      size: 3,
      affinity: { antiAffinityTopologyKey: 'kubernetes.io/hostname' },
      podDisruptionBudget: { maxUnavailable: 1 },
      topologySpreadConstraints: [
        { topologyKey: 'topology.kubernetes.io/zone' },
        { topologyKey: 'kubernetes.io/hostname' },
      ],
    });
  });
});

describe('a change', () => {
  test('of version is ours alone', async () => {
    expect(await spec()).toMatchObject({
      crVersion: '1.22.0',
      image: 'psmdb:8@sha256:1',
      imagePullPolicy: 'IfNotPresent',
      upgradeOptions: { apply: 'disabled' },
    });
  });

  test('is over when every member is ready, and fails in the end', async () => {
    expect(await waits('documents-cluster')).toEqual(['jsonpath={.status.state}=ready', '20m']);
  });

  test('starts when the operator runs and all paths are open', async () => {
    const { dependencies } = await recorder.child('documents-cluster');
    expect(dependencies).toEqual(
      expect.arrayContaining([
        'mongodb-operator-deployment-controller',
        'documents-members-ingress',
        'documents-operator-ingress',
        'documents-backup-egress',
      ]),
    );
  });

  test('never takes the data with it', async () => {
    const cluster = await recorder.child('documents-cluster');
    expect(cluster.protect).toBe(true);
    expect(cluster.inputs).toHaveProperty('metadata.finalizers', [
      'percona.com/delete-psmdb-pods-in-order',
    ]);
    expect((await recorder.child('documents-certificate-certificate')).protect).toBe(false);
  });
});

describe('a backup', () => {
  test('of everything goes to the bucket by the clock, and old ones go by themselves', async () => {
    expect((await spec())['backup']).toMatchObject({
      enabled: true,
      image: 'pbm:2@sha256:2',
      storages: {
        s3: {
          type: 's3',
          main: true,
          s3: { bucket: 'backups', region: 'eu-central-1', prefix: 'documents' },
        },
      },
      tasks: [
        {
          enabled: true,
          schedule: '0 2 * * *',
          storageName: 's3',
          type: 'logical',
          compressionType: 'gzip',
          retention: { type: 'count', count: 30, deleteFromStorage: true },
        },
      ],
    });
  });

  test('has every moment in reach, to the last ten minutes', async () => {
    expect(await spec()).toMatchObject({
      backup: { pitr: { enabled: true, oplogSpanMin: 10, compressionType: 'gzip' } },
    });
  });

  test('is made and complete before the deployment counts as done', async () => {
    expect((await recorder.child('documents-first-backup')).inputs['spec']).toEqual({
      clusterName: 'documents',
      storageName: 's3',
      type: 'logical',
      compressionType: 'gzip',
    });
    expect(await waits('documents-first-backup')).toEqual([
      'jsonpath={.status.state}=ready',
      '10m',
    ]);
    expect(await value(store.firstBackup)).toBe('documents-first-backup');
  });
});

describe('the network', () => {
  const member = {
    'app.kubernetes.io/name': 'percona-server-mongodb',
    'app.kubernetes.io/instance': 'documents',
    'app.kubernetes.io/component': 'mongod',
  };
  const operator = { 'app.kubernetes.io/name': 'percona-server-mongodb-operator' };
  const pods = (labels: object) => ({
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'saas-data' } },
    podSelector: { matchLabels: labels },
  });

  test.each([
    ['members', member],
    ['operator', operator],
  ])('lets %s reach members on 27017', async (path, from) => {
    expect((await recorder.child(`documents-${path}-ingress`)).inputs['spec']).toEqual({
      podSelector: { matchLabels: member },
      policyTypes: ['Ingress'],
      ingress: [{ from: [pods(from)], ports: [{ protocol: 'TCP', port: 27017 }] }],
    });
  });

  test('lets members and operator reach the bucket, and nothing else outside', async () => {
    for (const name of ['documents-backup-egress', 'documents-backup-egress-2']) {
      expect((await recorder.child(name)).inputs).toHaveProperty('spec.egress', [
        {
          to: [{ ipBlock: { cidr: '10.20.0.0/16' } }],
          ports: [{ protocol: 'TCP', port: 443 }],
        },
      ]);
    }
    expect((await recorder.child('mongodb-api-egress')).inputs).toHaveProperty('spec.egress', [
      { to: [{ ipBlock: { cidr: '10.89.0.1/32' } }], ports: [{ protocol: 'TCP', port: 6443 }] },
    ]);
  });

  test('is the same for clients, whoever they are', () => {
    expect(store.access.peer).toEqual({ kind: 'pods', namespace: 'saas-data', labels: member });
  });
});

test('the operator reports to nobody, writes only where it must, and prunes backups as the role', async () => {
  const { inputs } = await recorder.child('mongodb-operator-deployment-controller');
  expect(inputs).toMatchObject({
    spec: {
      template: {
        spec: {
          containers: [
            {
              env: expect.arrayContaining([{ name: 'DISABLE_TELEMETRY', value: 'true' }]),
              securityContext: { readOnlyRootFilesystem: true },
              volumeMounts: [{ mountPath: '/tmp' }],
            },
          ],
        },
      },
    },
  });
  expect((await recorder.child('mongodb-operator-service-account-manager')).inputs).toMatchObject({
    metadata: { namespace: 'saas-data', annotations: { 'eks.amazonaws.com/role-arn': ROLE } },
  });
});

test.each<[Partial<PerconaStoreArgs['backup']> & { readonly cache?: string }, string]>([
  [
    { cache: '2Gi' },
    'wrong.cache: "2Gi" and 1Gi for everything else do not fit into the memory limit of "2Gi".',
  ],
  [{ schedule: '0 0 2 * * *' }, 'wrong.backup.schedule: expected 5 cron fields, got 6.'],
  [{ keep: 0 }, 'wrong.backup.keep: 0 must be a whole number from 1.'],
])('a mistake is refused before anything is made: %j', ({ cache = '1Gi', ...backup }, message) => {
  const wrong = { ...args, cache, backup: { ...args.backup, ...backup } };
  expect(() => new PerconaStore('wrong', wrong)).toThrow(new Error(message));
});

const schemas = crdSchemas('percona-mongodb');
const withSchemas = schemas === undefined ? test.skip : test;

withSchemas('the operator knows every field of the cluster and its backup', async () => {
  const custom = (await recorder.all()).filter(({ type }) =>
    type.startsWith('kubernetes:psmdb.percona.com'),
  );
  expect(custom.length).toBeGreaterThan(3);
  const problems = custom.flatMap(({ name, inputs }) => {
    const schema = schemas?.get(String(inputs['kind']));
    return schema === undefined ? [`${name}: no schema`] : schemaProblems(schema, inputs, name);
  });
  expect(problems).toEqual([]);
});
