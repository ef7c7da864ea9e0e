import { beforeAll, expect, test } from '@jest/globals';
import * as k8s from '@pulumi/kubernetes';

import { PlatformNamespace } from '../../components/namespace/platform-namespace.ts';
import { mockPulumi, value, type Recorder } from './support/mocks.ts';

let recorder: Recorder;
let data: PlatformNamespace;

beforeAll(async () => {
  recorder = await mockPulumi();
  data = new PlatformNamespace(
    'data',
    {
      name: 'saas-data',
      podSecurity: 'restricted',
      quota: { cpu: '4', memory: '8Gi', pods: 30, storage: '40Gi' },
      limits: { cpu: '100m', memory: '128Mi' },
    },
    { protect: true },
  );
  new PlatformNamespace('small', {
    name: 'saas-small',
    podSecurity: 'baseline',
    quota: { cpu: '1', memory: '1Gi', pods: 5 },
  });
  new k8s.core.v1.ConfigMap('workload', { metadata: { namespace: data.namespace } });
});

test('the API server enforces, audits and warns at one pinned Pod Security level', async () => {
  expect((await recorder.child('data-namespace')).inputs).toMatchObject({
    metadata: {
      name: 'saas-data',
      labels: {
        'pod-security.kubernetes.io/enforce': 'restricted',
        'pod-security.kubernetes.io/enforce-version': 'v1.34',
        'pod-security.kubernetes.io/audit': 'restricted',
        'pod-security.kubernetes.io/audit-version': 'v1.34',
        'pod-security.kubernetes.io/warn': 'restricted',
        'pod-security.kubernetes.io/warn-version': 'v1.34',
      },
    },
  });
  expect((await recorder.child('small-namespace')).inputs).toHaveProperty(
    ['metadata', 'labels', 'pod-security.kubernetes.io/enforce'],
    'baseline',
  );
});

test('all pods of a namespace together stay below its ceiling', async () => {
  expect((await recorder.child('data-quota')).inputs['spec']).toEqual({
    hard: {
      'requests.cpu': '4',
      'requests.memory': '8Gi',
      'limits.memory': '8Gi',
      pods: '30',
      'requests.storage': '40Gi',
    },
  });
  expect((await recorder.child('small-quota')).inputs['spec']).not.toHaveProperty([
    'hard',
    'requests.storage',
  ]);
});

test('a container that asks for nothing still gets requests and a memory limit', async () => {
  const limits = async (name: string) =>
    (await recorder.child(`${name}-limits`)).inputs['spec'] as object;
  expect(await limits('data')).toEqual({
    limits: [
      {
        type: 'Container',
        defaultRequest: { cpu: '100m', memory: '128Mi' },
        default: { memory: '128Mi' },
      },
    ],
  });
  expect(await limits('small')).toHaveProperty('limits.0.defaultRequest', {
    cpu: '50m',
    memory: '64Mi',
  });
});

test('nothing talks in or out of a namespace by default', async () => {
  expect((await recorder.child('data-default-deny')).inputs).toMatchObject({
    metadata: { name: 'default-deny', namespace: 'saas-data' },
    spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
  });
  const spec = (await recorder.child('data-default-deny')).inputs['spec'];
  expect(Object.keys(spec as object).sort()).toEqual(['podSelector', 'policyTypes']);
});

test('every pod can resolve names, over both protocols, and only at the cluster resolver', async () => {
  expect((await recorder.child('data-allow-dns')).inputs['spec']).toEqual({
    podSelector: { matchLabels: {} },
    policyTypes: ['Egress'],
    egress: [
      {
        to: [
          {
            namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } },
            podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
          },
        ],
        ports: [
          { protocol: 'UDP', port: 53 },
          { protocol: 'TCP', port: 53 },
        ],
      },
    ],
  });
});

test('a pod that names no account gets no token', async () => {
  expect((await recorder.child('data-default-account')).inputs).toMatchObject({
    metadata: { name: 'default', namespace: 'saas-data' },
    automountServiceAccountToken: false,
  });
});

test('no workload starts before the default deny and the ceilings exist', async () => {
  const { dependencies } = await recorder.child('workload');
  expect(dependencies).toEqual(['data-default-deny']);
  expect((await recorder.child('data-default-deny')).dependencies).toEqual([
    'data-allow-dns',
    'data-default-account',
    'data-limits',
    'data-namespace',
    'data-quota',
  ]);
  expect(await value(data.namespace)).toBe('saas-data');
});

test('a protected namespace cannot be deleted by accident, nor anything in it', async () => {
  const children = (await recorder.all()).filter(({ parent }) => parent === 'data');
  expect(children).toHaveLength(6);
  expect(children.every(({ protect }) => protect)).toBe(true);
  expect((await recorder.child('small-namespace')).protect).toBe(false);
});
