import { beforeAll, expect, test } from '@jest/globals';
import * as pulumi from '@pulumi/pulumi';

import { planOf, type Plan } from './support/local-plan.ts';
import { value, type Recorded } from './support/mocks.ts';

type Json = Record<string, unknown>;

let plan: Plan;
beforeAll(async () => {
  plan = await planOf('local');
}, 60_000);

const kubernetes = () => plan.resources.filter(({ type }) => type.startsWith('kubernetes:'));
const kind = ({ type }: Recorded) => type.split(':').at(-1) ?? '';
const metadata = ({ inputs }: Recorded) => (inputs['metadata'] ?? {}) as Json;
const title = (resource: Recorded) => `${kind(resource)} ${resource.name}`;

/** Every value below a node, with the key it stands under. */
function* leaves(node: unknown, key = ''): Generator<[string, unknown]> {
  if (typeof node !== 'object' || node === null) yield [key, node];
  else for (const [name, child] of Object.entries(node)) yield* leaves(child, name);
}

function podOf(resource: Recorded): Json | undefined {
  const spec = (resource.inputs['spec'] ?? {}) as Json;
  const job = ((spec['jobTemplate'] ?? {}) as Json)['spec'] as Json | undefined;
  const template = (job ?? spec)['template'] as Json | undefined;
  return template?.['spec'] as Json | undefined;
}

function containersOf(pod: Json): Json[] {
  return ['containers', 'initContainers'].flatMap((list) => (pod[list] ?? []) as Json[]);
}

/** Objects of an operator's upstream manifest, which tests replace by a small one. */
const upstream = ({ name }: Recorded) => /^postgres-operator-(operator|plugin)-/.test(name);

const WORKLOADS = ['Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob'];

test('every pod keeps the restricted profile: no root, no rights, no writable root', () => {
  const workloads = kubernetes().filter((resource) => WORKLOADS.includes(kind(resource)));
  expect(workloads.length).toBeGreaterThan(5);
  for (const workload of workloads) {
    const pod = podOf(workload);
    const where = title(workload);
    expect([where, pod?.['hostNetwork'] ?? false]).toEqual([where, false]);
    expect([where, pod?.['securityContext']]).toMatchObject([
      where,
      { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    ]);
    for (const container of containersOf(pod ?? {})) {
      expect([where, container['securityContext']]).toMatchObject([
        where,
        {
          allowPrivilegeEscalation: false,
          // An operator's root is read-only where upstream says that it can be.
          ...(upstream(workload) ? {} : { readOnlyRootFilesystem: true }),
          capabilities: { drop: ['ALL'] },
        },
      ]);
      expect([where, container['resources']]).toMatchObject([
        where,
        { requests: { cpu: expect.any(String) }, limits: { memory: expect.any(String) } },
      ]);
    }
  }
});

test('every namespace denies all traffic that is not declared, and enforces Pod Security', () => {
  const namespaces = kubernetes().filter((resource) => kind(resource) === 'Namespace');
  expect(namespaces.map((one) => metadata(one)['name']).sort()).toEqual([
    'saas-app',
    'saas-data',
    'saas-edge',
    'saas-system',
  ]);
  const denied = kubernetes()
    .filter((resource) => kind(resource) === 'NetworkPolicy')
    .filter(({ inputs }) => {
      const { podSelector, policyTypes, ...rest } = inputs['spec'] as Json;
      return (
        JSON.stringify(podSelector) === '{}' &&
        JSON.stringify(policyTypes) === '["Ingress","Egress"]' &&
        Object.keys(rest).length === 0
      );
    })
    .map((policy) => metadata(policy)['namespace']);
  expect(denied.sort()).toEqual(['saas-app', 'saas-data', 'saas-edge', 'saas-system']);
  for (const namespace of namespaces) {
    const labels = metadata(namespace)['labels'] as Json;
    expect(labels['pod-security.kubernetes.io/enforce']).toBe('restricted');
  }
});

/** Kinds whose objects have no status worth waiting for. */
const WITHOUT_READINESS = ['ObjectStore', 'ScheduledBackup'];
/** API groups of Kubernetes itself, whose objects the provider awaits by their kind. */
const BUILT_IN = /^kubernetes:([a-z]+|[a-z.]+\.k8s\.io)\/v/;
const GATEWAY = /^kubernetes:gateway\.networking\.k8s\.io\//;

test('every custom resource with a readiness condition is waited for, with a deadline', () => {
  const custom = kubernetes().filter(
    ({ type }) => (!BUILT_IN.test(type) || GATEWAY.test(type)) && !type.includes('apiextensions'),
  );
  expect(custom.length).toBeGreaterThan(5);
  const impatient = custom
    .filter((resource) => !WITHOUT_READINESS.includes(kind(resource)))
    .filter((resource) => {
      const annotations = (metadata(resource)['annotations'] ?? {}) as Json;
      const waits = annotations['pulumi.com/waitFor'] !== undefined;
      return !waits || !resource.customTimeouts?.create;
    });
  expect(impatient.map(title)).toEqual([]);
});

test('no two resources share a name, neither in Pulumi nor in the cluster', () => {
  const names = plan.resources.map(({ type, name }) => `${type} ${name}`);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  const objects = kubernetes()
    // Both operators of this plan are made from the same small manifest.
    .filter((resource) => !upstream(resource))
    .filter(({ custom, type }) => custom && !type.endsWith('Patch'))
    .map((resource) => {
      const { namespace, name } = metadata(resource);
      return `${resource.type} ${JSON.stringify(namespace)}/${String(name)}`;
    });
  expect(objects.filter((one) => one.endsWith('/undefined'))).toEqual([]);
  expect(objects.filter((one, index) => objects.indexOf(one) !== index)).toEqual([]);
});

test('every object of the cluster goes through the provider of the configured context', () => {
  const objects = kubernetes().filter(({ custom }) => custom);
  expect(objects.filter(({ provider }) => provider !== 'cluster').map(title)).toEqual([]);
  const provider = plan.resources.find(({ name }) => name === 'cluster');
  expect(provider?.inputs).toMatchObject({
    context: 'saas-sandbox',
    clusterIdentifier: 'saas-sandbox',
  });
});

test('every image runs by its digest', () => {
  const images = kubernetes().flatMap(({ inputs }) =>
    [...leaves(inputs)].filter(
      ([key, text]) => ['image', 'imageName'].includes(key) && typeof text === 'string',
    ),
  );
  expect(images.length).toBeGreaterThan(5);
  expect(images.filter(([, text]) => !/@sha256:[0-9a-f]{64}$/.test(String(text)))).toEqual([]);
});

/** The values that the mocked providers make up for passwords and private keys. */
const SECRET_VALUE = /-result\b|-private-pem|-private-pkcs8/;

/** Paths of inputs that hold a secret value without being marked as secret. */
function leaks(node: unknown, secret: readonly string[], path = ''): string[] {
  if (secret.includes(path)) return [];
  if (typeof node === 'string') return SECRET_VALUE.test(node) ? [path] : [];
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([key, child]) =>
    leaks(child, secret, path === '' ? key : `${path}.${key}`),
  );
}

test('a password or private key never enters a resource unless it is marked as a secret', () => {
  const known = plan.resources.filter(({ secretPaths }) => secretPaths.length > 0);
  expect(known.length).toBeGreaterThan(5);
  const found = plan.resources.flatMap((resource) =>
    leaks(resource.inputs, resource.secretPaths).map((path) => `${title(resource)}: ${path}`),
  );
  expect(found).toEqual([]);
});

test('the outputs keep their contract, and only the demo passwords are secret', async () => {
  const secret: string[] = [];
  for (const [name, output] of Object.entries(plan.outputs)) {
    if (await pulumi.isSecret(output)) secret.push(name);
    else expect(JSON.stringify(await value(output))).not.toMatch(SECRET_VALUE);
  }
  expect(secret).toEqual(['demoPasswords']);
  const url = plan.outputs['url'];
  expect(url && (await value(url))).toBe('https://api.saas-platform.localhost:8443');
});
