import { beforeAll, describe, expect, test } from '@jest/globals';
import * as k8s from '@pulumi/kubernetes';

import { Port } from '../../components/network/port.ts';
import { truthTable, type TrafficPath } from '../../components/network/truth-table.ts';
import { certificates } from '../../stacks/certificates.ts';
import { foundation, type FoundationOutputs } from '../../stacks/foundation.ts';
import { DIGEST, fakeManifests } from './support/manifests.ts';
import { mockPulumi, value, type Recorder } from './support/mocks.ts';

const KEY = 'arn:aws:kms:eu-west-1:111122223333:key/volumes';
const quota = { cpu: '4', memory: '8Gi', pods: 30 };
let recorder: Recorder;
let outputs: FoundationOutputs;

beforeAll(async () => {
  recorder = await mockPulumi();
  const provider = new k8s.Provider('cluster', {});
  const opts = { providers: [provider] };
  const { authority } = certificates({ commonName: 'SaaS platform (test)' }, opts);
  outputs = foundation(
    {
      namespaces: { system: quota, data: quota, edge: quota, app: quota },
      ...fakeManifests(),
      images: {
        cloudnativePg: `operator:1@${DIGEST}`,
        postgres: `postgres:17@${DIGEST}`,
        pooler: `pooler:1@${DIGEST}`,
        barmanCloud: `plugin:1@${DIGEST}`,
        barmanCloudSidecar: `sidecar:1@${DIGEST}`,
      },
      apiServer: { cidr: '10.89.0.1/32', port: 6443 },
      authority,
      storageClass: { className: 'own', keyArn: KEY, iops: 6000 },
      protect: true,
    },
    opts,
  );
  await recorder.all();
});

test('the platform has four namespaces with stable names', async () => {
  const names = await Promise.all(Object.values(outputs.namespaces).map((name) => value(name)));
  expect(names).toEqual(['saas-system', 'saas-data', 'saas-edge', 'saas-app']);
});

test('everything in the cluster goes through the one provider of the stack', async () => {
  const objects = (await recorder.all()).filter(({ type }) => type.startsWith('kubernetes:'));
  expect(objects.length).toBeGreaterThan(30);
  expect(objects.filter(({ provider }) => provider !== 'cluster')).toEqual([]);
});

test('the own storage class encrypts, grows, and loses nothing when a claim goes', async () => {
  const { inputs, protect } = await recorder.child('volumes-class');
  expect(inputs).toMatchObject({
    metadata: { name: 'own' },
    provisioner: 'ebs.csi.aws.com',
    parameters: {
      type: 'gp3',
      encrypted: 'true',
      kmsKeyId: KEY,
      iops: '6000',
      throughput: '125',
    },
    reclaimPolicy: 'Retain',
    allowVolumeExpansion: true,
    volumeBindingMode: 'WaitForFirstConsumer',
  });
  // It holds nothing: volumes that exist do without it.
  expect(protect).toBe(false);
});

test('protection covers namespaces and definitions, and lets the rest be replaced', async () => {
  const all = await recorder.all();
  const protectedOnes = all.filter(({ protect, custom }) => protect && custom);
  const kinds = new Set(protectedOnes.map(({ type }) => type.split(':').at(-1)));
  expect([...kinds].sort()).toEqual([
    'CustomResourceDefinition',
    'LimitRange',
    'Namespace',
    'NetworkPolicy',
    'ResourceQuota',
    'ServiceAccountPatch',
  ]);
  const isDefinition = (type: string) => /(Namespace|CustomResourceDefinition)$/.test(type);
  const unprotected = all.filter(({ type, custom }) => custom && isDefinition(type));
  expect(unprotected.every(({ protect }) => protect)).toBe(true);
});

describe('the PostgreSQL operator', () => {
  test('never starts an image of its own choice', async () => {
    const { inputs } = await recorder.child('postgres-operator-operator-deployment-controller');
    expect(inputs).toHaveProperty(
      'spec.template.spec.containers.0.env',
      expect.arrayContaining([
        { name: 'POSTGRES_IMAGE_NAME', value: `postgres:17@${DIGEST}` },
        { name: 'PGBOUNCER_IMAGE_NAME', value: `pooler:1@${DIGEST}` },
      ]),
    );
  });

  test('and its plugin know each other: the server by the platform, the client by its own pinned certificate', async () => {
    const server = await recorder.child('postgres-operator-plugin-server-request');
    expect(server.inputs['dnsNames']).toEqual(['barman-cloud', 'barman-cloud.saas-system.svc']);
    const secrets = await Promise.all(
      ['server', 'client'].map((side) => recorder.child(`postgres-operator-plugin-${side}-secret`)),
    );
    expect(secrets.map(({ inputs }) => inputs['metadata'])).toEqual([
      expect.objectContaining({ name: 'barman-cloud-server-tls', namespace: 'saas-system' }),
      expect.objectContaining({ name: 'barman-cloud-client-tls', namespace: 'saas-system' }),
    ]);
    const client = await recorder.child('postgres-operator-plugin-client-certificate');
    expect(client.inputs['allowedUses']).toEqual(['digital_signature', 'client_auth']);
  });

  test('restarts its plugin when a certificate is renewed', async () => {
    const { inputs } = await recorder.child('postgres-operator-plugin-deployment-controller');
    const { annotations } = (
      inputs as { spec: { template: { metadata: { annotations: object } } } }
    ).spec.template.metadata;
    expect(annotations).toMatchObject({
      'checksum/server-certificate': expect.stringMatching(/^[0-9a-f]{64}$/),
      'checksum/client-certificate': expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  test('outlives its plugin, and its paths outlive both, so that nothing hangs on deletion', async () => {
    const after = async (name: string) =>
      (await recorder.child(`postgres-operator-${name}`)).dependencies;
    expect(await after('plugin-deployment-controller')).toEqual(
      expect.arrayContaining([
        'postgres-operator-api-egress',
        'postgres-operator-plugin-server-secret',
        'postgres-operator-plugin-client-secret',
      ]),
    );
    // Where the operator holds its finalizer; the rest of the two starts side by side.
    expect(await after('plugin-service-metrics')).toContain(
      'postgres-operator-operator-deployment-controller',
    );
    expect(await after('operator-deployment-controller')).toEqual(
      expect.arrayContaining(['postgres-operator-api-egress', 'postgres-operator-webhook-ingress']),
    );
    const child = await recorder.child('postgres-operator-operator-deployment-controller');
    expect(child.parent).toBe('postgres-operator-operator');
  });

  test('is ready only when its plugin is', async () => {
    expect(await value(outputs.operators.postgres.ready)).toEqual([
      'controller',
      'webhook',
      'metrics',
    ]);
    expect(outputs.operators.backup).toBe(outputs.operators.postgres.plugin);
  });
});

test('operators reach the API and the plugin, and nothing else is open', async () => {
  const paths = (await recorder.all())
    .filter(({ type }) => type === 'saas:network:AllowTraffic')
    .map(({ inputs }) => inputs as unknown as TrafficPath);
  const system = 'saas-system';
  const rows = truthTable({
    endpoints: [
      {
        name: 'operator',
        namespace: system,
        labels: { 'app.kubernetes.io/name': 'cloudnative-pg' },
      },
      { name: 'plugin', namespace: system, labels: { app: 'barman-cloud' } },
      { name: 'stranger', namespace: 'saas-app', labels: { app: 'api' } },
      { name: 'api server', address: '10.89.0.1' },
      { name: 'outside', address: '10.89.0.2' },
    ],
    ports: [Port.apiServer, Port.tcp(9443), Port.tcp(9090), Port.postgres],
    paths,
    namespaces: [system, 'saas-data', 'saas-edge', 'saas-app'],
  });
  const open = rows.filter(({ allowed, from, to }) => {
    const bothOutside = [from, to].every((name) => name === 'api server' || name === 'outside');
    return allowed && !bothOutside;
  });
  expect(open.map(({ from, to, port }) => `${from} → ${to} ${port.port}`)).toEqual([
    'operator → plugin 9090',
    'operator → api server 6443',
    'plugin → api server 6443',
    'api server → operator 9443',
  ]);
});
