import { beforeAll, expect, test } from '@jest/globals';
import * as pulumi from '@pulumi/pulumi';

import { CertificateAuthority } from '../../components/certificates/certificate-authority.ts';
import type { DocumentStore } from '../../components/documents/document-store.ts';
import {
  FerretDbStore,
  type FerretDbStoreArgs,
} from '../../components/documents/ferretdb-store.ts';
import { Peer } from '../../components/network/peer.ts';
import { mockPulumi, value, type Recorder } from './support/mocks.ts';

let recorder: Recorder;
let args: FerretDbStoreArgs;
let store: DocumentStore;

beforeAll(async () => {
  recorder = await mockPulumi();
  args = {
    namespace: 'db',
    image: 'ferretdb:1.24.2@sha256:1',
    authority: new CertificateAuthority('authority', { commonName: 'test' }),
    replicas: 1,
    database: 'saas',
    resources: { requests: { cpu: '25m', memory: '64Mi' }, limits: { memory: '256Mi' } },
    postgres: {
      cluster: pulumi.output('postgres'),
      peer: Peer.pods('db', { 'cnpg.io/cluster': 'postgres' }),
    },
  };
  store = new FerretDbStore('documents', args);
});

async function container(): Promise<Record<string, unknown>> {
  const { inputs } = await recorder.child('documents-server');
  const { template } = inputs['spec'] as { template: { spec: { containers: [object] } } };
  return template.spec.containers[0] as Record<string, unknown>;
}

test('the application gets one secret URI: TLS, one server, no retries', async () => {
  const { uri, database, peer } = store.access;
  expect(await value(uri)).toBe(
    'mongodb://ferretdb:documents-owner-password-result@documents.db.svc:27017/saas' +
      '?authMechanism=PLAIN&tls=true&directConnection=true&retryWrites=false',
  );
  expect(await pulumi.isSecret(uri)).toBe(true);
  expect(database).toBe('saas');
  expect(peer).toEqual({
    kind: 'pods',
    namespace: 'db',
    labels: { 'app.kubernetes.io/name': 'documents', 'app.kubernetes.io/instance': 'documents' },
  });
});

test('nothing listens without TLS, and nothing is reported to the vendor', async () => {
  expect((await container())['args']).toEqual([
    '--handler=postgresql',
    '--listen-addr=',
    '--listen-tls=:27017',
    '--listen-tls-cert-file=/tls/tls.crt',
    '--listen-tls-key-file=/tls/tls.key',
    '--debug-addr=:8088',
    '--state-dir=-',
    '--telemetry=disable',
    '--log-format=json',
  ]);
});

test('the server has no credentials of its own and verifies the database it talks to', async () => {
  expect((await container())['env']).toEqual([
    {
      name: 'FERRETDB_POSTGRESQL_URL',
      value:
        'postgres://postgres-rw.db.svc:5432/ferretdb' +
        '?sslmode=verify-full&sslrootcert=/tls/ca.crt&pool_max_conns=20',
    },
  ]);
});

test('its certificate names the service', async () => {
  const request = (await recorder.all()).find(
    ({ name, type }) => name.startsWith('documents-') && type.includes('CertRequest'),
  );
  expect(request?.inputs['dnsNames']).toEqual([
    'documents',
    'documents.db',
    'documents.db.svc',
    'documents.db.svc.cluster.local',
  ]);
});

test('there is never a second server, not even during a rollout', async () => {
  expect((await recorder.child('documents-server')).inputs['spec']).toMatchObject({
    replicas: 1,
    strategy: { type: 'Recreate' },
  });
});

test('a server that does not listen gets no clients, and one that hangs is restarted', async () => {
  expect(await container()).toMatchObject({
    startupProbe: { httpGet: { path: '/debug/livez', port: 'debug' } },
    readinessProbe: { httpGet: { path: '/debug/readyz', port: 'debug' } },
    livenessProbe: { httpGet: { path: '/debug/livez', port: 'debug' } },
    resources: args.resources,
  });
});

test('its role owns its database and nothing else', async () => {
  expect((await recorder.child('documents-owner-role')).inputs['spec']).toMatchObject({
    cluster: { name: 'postgres' },
    name: 'ferretdb',
    login: true,
  });
  expect((await recorder.child('documents-storage-database')).inputs['spec']).toEqual({
    cluster: { name: 'postgres' },
    name: 'ferretdb',
    owner: 'ferretdb',
    databaseReclaimPolicy: 'retain',
  });
});

test('the order is role, database, open path, server, service', async () => {
  const after = async (name: string) => (await recorder.child(name)).dependencies;
  expect(await after('documents-storage-database')).toContain('documents-owner-role');
  expect(await after('documents-server')).toEqual(
    expect.arrayContaining([
      'documents-storage-database',
      'documents-postgres-egress',
      'documents-postgres-ingress',
    ]),
  );
  expect(await after('documents-service')).toContain('documents-server');
  expect((await recorder.child('documents-server')).customTimeouts?.create).toBe('3m');
});

test('the pod meets the restricted Pod Security level', async () => {
  const { inputs } = await recorder.child('documents-server');
  expect(inputs).toHaveProperty('spec.template.spec.automountServiceAccountToken', false);
  expect(inputs).toHaveProperty('spec.template.spec.securityContext', {
    runAsNonRoot: true,
    runAsUser: 10001,
    runAsGroup: 10001,
    fsGroup: 10001,
    seccompProfile: { type: 'RuntimeDefault' },
  });
  expect((await container())['securityContext']).toEqual({
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] },
  });
});

test('it reaches PostgreSQL and nothing else', async () => {
  const traffic = (await recorder.all()).filter(({ type }) => type === 'saas:network:AllowTraffic');
  expect(traffic.map(({ inputs }) => inputs)).toMatchObject([
    {
      from: [store.access.peer],
      to: [{ labels: { 'cnpg.io/cluster': 'postgres' } }],
      ports: [{ protocol: 'TCP', port: 5432 }],
    },
  ]);
});

test('a second replica is refused, with the reason', () => {
  expect(() => new FerretDbStore('documents', { ...args, replicas: 2 })).toThrow(
    'documents.replicas: 2 is not possible: FerretDB 1.24 keeps its catalogue in memory. Set it to 1.',
  );
});

test.each(['Saas', 'saas-app', 'pg_saas', '1st'])('%s is refused as a database', (database) => {
  expect(() => new FerretDbStore('documents', { ...args, database })).toThrow(
    `documents.database: "${database}" cannot be the name of a PostgreSQL schema. ` +
      'Use lower-case letters, digits and "_".',
  );
});
