import { beforeAll, expect, test } from '@jest/globals';
import * as k8s from '@pulumi/kubernetes';
import * as pulumi from '@pulumi/pulumi';

import { CertificateAuthority } from '../../components/certificates/certificate-authority.ts';
import { Peer } from '../../components/network/peer.ts';
import { data, type DataArgs, type DataOutputs } from '../../stacks/data.ts';
import { crdSchemas, schemaProblems } from './support/crd-schema.ts';
import { mockPulumi, value, type Recorded, type Recorder } from './support/mocks.ts';

const resources = {
  requests: { cpu: '100m', memory: '512Mi' },
  limits: { cpu: '1', memory: '1Gi' },
};
let recorder: Recorder;
let outputs: DataOutputs;
let all: readonly Recorded[];

beforeAll(async () => {
  recorder = await mockPulumi();
  const args: DataArgs = {
    namespace: 'saas-data',
    operatorNamespace: 'saas-system',
    manifests: '',
    operators: [new k8s.core.v1.ConfigMap('operator', {})],
    authority: new CertificateAuthority('authority', { commonName: 'test' }),
    apiServer: { cidr: '10.89.0.1/32', port: 6443 },
    images: { postgres: 'pg@1', pooler: 'bouncer@1', redis: 'redis@1', documents: 'ferret@1' },
    storageClass: 'local-path',
    postgres: {
      instances: 2,
      synchronous: true,
      storage: '5Gi',
      walStorage: '2Gi',
      database: 'saas_platform',
      resources,
      pooler: { instances: 2, poolSize: 20 },
    },
    redis: { nodes: 6, storage: '1Gi', resources },
    documents: { engine: 'ferretdb', replicas: 1, database: 'saas', resources },
    backup: {
      target: {
        bucket: pulumi.output('backups'),
        region: 'us-east-1',
        accessFor: () => ({
          kind: 'keys',
          endpoint: pulumi.output('https://objects.saas-data.svc:7070'),
          region: 'us-east-1',
          secretName: pulumi.output('objects-credentials'),
          caSecretName: pulumi.output('objects-tls'),
          peer: Peer.pods('saas-data', { app: 'objects' }),
        }),
      },
      schedule: '0 2 * * *',
      retentionDays: 7,
    },
    protect: true,
  };
  outputs = data(args);
  all = await recorder.all();
});

test('each database has a contract of its own kind', async () => {
  const { postgres, redis, documents, firstBackup } = outputs;
  expect(await value(postgres.poolerHost)).toBe('postgres-pooler.saas-data.svc');
  expect(await value(postgres.directHost)).toBe('postgres-rw.saas-data.svc');
  expect(postgres.database).toBe('saas_platform');
  expect(postgres.roles.user.username).toBe('app_user');
  expect(await value(redis.nodes)).toHaveLength(6);
  expect(await value(documents.uri)).toMatch(
    /^mongodb:\/\/ferretdb:.*@documents\.saas-data\.svc:27017\/saas/,
  );
  expect(await value(firstBackup)).toBe('postgres-first-backup');
});

test("the schedule of the settings gains the operator's seconds", async () => {
  expect((await recorder.child('postgres-schedule')).inputs['spec']).toMatchObject({
    schedule: '0 0 2 * * *',
  });
  expect((await recorder.child('postgres-store')).inputs['spec']).toMatchObject({
    retentionPolicy: '7d',
  });
});

test('the operator of the system namespace is the one that may control the instances', async () => {
  const { inputs } = await recorder.child('postgres-operator', 'saas:network:AllowTraffic');
  expect(inputs['from']).toEqual([
    {
      kind: 'pods',
      namespace: 'saas-system',
      labels: { 'app.kubernetes.io/name': 'cloudnative-pg' },
    },
  ]);
});

test('the databases come after their operators, documents after their role', async () => {
  expect((await recorder.child('postgres-cluster')).dependencies).toContain('operator');
  // Through the store of the cluster, which comes after the operator.
  expect((await recorder.child('documents-owner-role')).dependencies).toContain('postgres-store');
  expect((await recorder.child('documents-server')).dependencies).toContain(
    'documents-storage-database',
  );
});

test('what holds data is protected', () => {
  const holders = all.filter(({ type }) => /:(Cluster|StatefulSet)$/.test(type));
  expect(holders.map(({ name, protect }) => [name, protect])).toEqual([
    ['postgres-cluster', true],
    ['redis-nodes', true],
  ]);
});

test('every volume is of the class of the settings', async () => {
  expect((await recorder.child('postgres-cluster')).inputs['spec']).toMatchObject({
    storage: { size: '5Gi', storageClass: 'local-path' },
    walStorage: { size: '2Gi', storageClass: 'local-path' },
  });
});

test('no password is anywhere in clear', () => {
  const open = all.flatMap(({ name, inputs, secretPaths }) =>
    clearTexts(inputs, '', secretPaths).map((path) => `${name}: ${path}`),
  );
  expect(open).toEqual([]);
});

/** Paths of inputs that hold a generated password and are not marked secret. */
function clearTexts(node: unknown, path: string, secretPaths: readonly string[]): string[] {
  if (secretPaths.includes(path)) return [];
  if (typeof node === 'string') return node.includes('-password-result') ? [path] : [];
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([key, child]) =>
    clearTexts(child, path === '' ? key : `${path}.${key}`, secretPaths),
  );
}

const schemas = crdSchemas('cloudnative-pg', 'barman-cloud');
const withSchemas = schemas === undefined ? test.skip : test;

withSchemas('the operators know every field of every custom resource', () => {
  const custom = all.filter(({ type }) =>
    /^kubernetes:(postgresql|barmancloud)\.cnpg\.io/.test(type),
  );
  const kinds = custom.map(({ inputs }) => String(inputs['kind']));
  expect(new Set(kinds)).toEqual(
    new Set([
      'ObjectStore',
      'Cluster',
      'DatabaseRole',
      'Pooler',
      'Backup',
      'ScheduledBackup',
      'Database',
    ]),
  );
  const problems = custom.flatMap(({ name, inputs }) => {
    const schema = schemas?.get(String(inputs['kind']));
    if (schema === undefined) return [`${name}: no schema`];
    return schemaProblems(schema, { status: {}, ...inputs }, name);
  });
  expect(problems).toEqual([]);
});
