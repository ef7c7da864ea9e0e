import { appendFileSync } from 'node:fs';
import { join } from 'node:path';

import { beforeAll, describe, expect, test } from '@jest/globals';
import * as pulumi from '@pulumi/pulumi';

import { operatorsLock } from '../../components/operators/lock.ts';
import { parseManifests, type ManifestObject } from '../../components/operators/manifests.ts';
import { Operator, type OperatorArgs } from '../../components/operators/operator.ts';
import { patchManifests, type PatchOptions } from '../../components/operators/patch.ts';
import { DIGEST, fakeManifests, OPERATOR_YAML } from './support/manifests.ts';
import { mockPulumi, value, type Recorded, type Recorder } from './support/mocks.ts';

const OPERATOR = `registry.test/operator:1@${DIGEST}`;
const SIDECAR = `registry.test/sidecar:1@${DIGEST}`;

const options: PatchOptions = {
  operator: 'barman-cloud',
  namespace: 'saas-system',
  upstreamNamespace: 'cnpg-system',
  images: { 'example.org/operator:1': OPERATOR, 'example.org/sidecar:1': SIDECAR },
  resources: { requests: { cpu: '50m', memory: '128Mi' }, limits: { memory: '256Mi' } },
  env: { LOG_LEVEL: 'info', POSTGRES_IMAGE_NAME: 'postgres' },
  podAnnotations: { checksum: 'abc' },
  accountAnnotations: {},
  writableFolders: [],
};

function patch(yaml: string, change: Partial<PatchOptions> = {}): readonly ManifestObject[] {
  return patchManifests(parseManifests('barman-cloud', yaml), { ...options, ...change });
}

function object(kind: string, yaml = OPERATOR_YAML): ManifestObject {
  const found = patch(yaml).find((candidate) => candidate.kind === kind);
  if (found === undefined) throw new Error(`no ${kind}`);
  return found;
}

describe("upstream's objects", () => {
  test('all move into our namespace', () => {
    const namespaced = patch(OPERATOR_YAML).filter(({ metadata }) => 'namespace' in metadata);
    expect(namespaced.map(({ kind, metadata }) => [kind, metadata.namespace])).toEqual([
      ['Deployment', 'saas-system'],
      ['Service', 'saas-system'],
      ['ServiceAccount', 'saas-system'],
      ['Service', 'saas-system'],
    ]);
    expect(object('ClusterRoleBinding')['subjects']).toEqual([
      { kind: 'ServiceAccount', name: 'manager', namespace: 'saas-system' },
      { kind: 'ServiceAccount', name: 'other', namespace: 'elsewhere' },
    ]);
    expect(object('CustomResourceDefinition')).toHaveProperty(
      'spec.conversion.webhook.clientConfig.service.namespace',
      'saas-system',
    );
  });

  test('leave the namespace itself and certificates to the platform', () => {
    const kinds = patch(OPERATOR_YAML).map(({ kind }) => kind);
    expect(kinds).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/^(Namespace|Issuer|Certificate)$/)]),
    );
  });

  test('call webhooks in our namespace and leave their authority to the operator', () => {
    expect(object('ValidatingWebhookConfiguration')['webhooks']).toEqual([
      {
        name: 'v.example.org',
        clientConfig: {
          service: { name: 'webhook', namespace: 'saas-system', path: '/validate' },
        },
      },
    ]);
  });

  test('keep the labels by which an operator finds its objects', () => {
    const { metadata } = object('Deployment');
    expect(metadata).toEqual({
      name: 'controller',
      namespace: 'saas-system',
      labels: {
        'app.kubernetes.io/instance': 'barman-cloud',
        'app.kubernetes.io/part-of': 'saas-platform',
        'app.kubernetes.io/name': 'cloudnative-pg',
        'app.kubernetes.io/managed-by': 'pulumi',
      },
    });
  });

  test('carry no status', () => {
    expect(object('Deployment')).not.toHaveProperty('status');
  });
});

describe('every container', () => {
  const pod = () =>
    (object('Deployment')['spec'] as { template: { metadata: object; spec: object } }).template;

  test('runs the image of the lock file and never another one', () => {
    expect(pod().spec).toMatchObject({
      initContainers: [{ name: 'prepare', image: OPERATOR, imagePullPolicy: 'IfNotPresent' }],
      containers: [{ name: 'manager', image: OPERATOR, imagePullPolicy: 'IfNotPresent' }],
    });
  });

  test('starts only pinned images itself, even when upstream hides their names in a Secret', () => {
    expect(pod().spec).toHaveProperty('containers.0.env', [
      { name: 'OPERATOR_IMAGE_NAME', value: OPERATOR },
      { name: 'OPERATOR_NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } },
      { name: 'SIDECAR_IMAGE', value: SIDECAR },
      { name: 'LOG_LEVEL', value: 'info' },
      { name: 'POSTGRES_IMAGE_NAME', value: 'postgres' },
    ]);
    expect(patch(OPERATOR_YAML).map(({ kind }) => kind)).not.toContain('Secret');
  });

  test('keeps a Secret that holds more than image names', () => {
    const yaml = OPERATOR_YAML.replace('data: {SIDECAR:', 'data: {other: Cg==, SIDECAR:');
    expect(object('Secret', yaml).metadata.namespace).toBe('saas-system');
  });

  test('is restricted, whatever upstream grants it', () => {
    const restricted = {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      runAsNonRoot: true,
      seccompProfile: { type: 'RuntimeDefault' },
    };
    expect(pod().spec).toHaveProperty('initContainers.0.securityContext', restricted);
    expect(pod().spec).toHaveProperty('containers.0.securityContext', {
      ...restricted,
      readOnlyRootFilesystem: true,
      runAsUser: 10001,
    });
    expect(pod().spec).toHaveProperty('securityContext', {
      fsGroup: 10001,
      runAsNonRoot: true,
      seccompProfile: { type: 'RuntimeDefault' },
    });
  });

  test('asks for what it needs and cannot take more', () => {
    expect(pod().spec).toMatchObject({
      initContainers: [{ resources: options.resources }],
      containers: [{ resources: options.resources }],
    });
  });

  test('cannot fill the node with scratch data', () => {
    expect(pod().spec).toHaveProperty('volumes', [
      { name: 'scratch', emptyDir: { sizeLimit: '256Mi' } },
      { name: 'bounded', emptyDir: { sizeLimit: '1Mi' } },
      { name: 'certificates', secret: { secretName: 'webhook-cert' } },
    ]);
  });

  test('restarts when an annotation of ours changes', () => {
    expect(pod().metadata).toHaveProperty('annotations', { upstream: 'yes', checksum: 'abc' });
  });
});

describe('an operator that needs more than upstream gives it', () => {
  const pod = (change: Partial<PatchOptions>) =>
    (
      patch(OPERATOR_YAML, change).find(({ kind }) => kind === 'Deployment')?.['spec'] as {
        template: { spec: object };
      }
    ).template.spec;

  test('writes to the folders it needs and nowhere else', () => {
    const spec = pod({ writableFolders: ['/tmp'] });
    expect(spec).toMatchObject({
      initContainers: [
        {
          securityContext: { readOnlyRootFilesystem: true },
          volumeMounts: [{ name: 'writable-tmp', mountPath: '/tmp' }],
        },
      ],
      containers: [{ volumeMounts: [{ name: 'writable-tmp', mountPath: '/tmp' }] }],
    });
    expect(spec).toHaveProperty('volumes.3', {
      name: 'writable-tmp',
      emptyDir: { sizeLimit: '256Mi' },
    });
  });

  test('takes its role in the cloud from its account', () => {
    const accountAnnotations = { 'eks.amazonaws.com/role-arn': 'arn' };
    const account = patch(OPERATOR_YAML, { accountAnnotations }).find(
      ({ kind }) => kind === 'ServiceAccount',
    );
    expect(account?.metadata.annotations).toEqual(accountAnnotations);
    expect(object('ServiceAccount').metadata).not.toHaveProperty('annotations');
  });
});

describe('manifests are refused when', () => {
  test.each([
    [
      'an image is not in the lock file',
      ['image: example.org/operator:1\n', 'image: example.org/operator:2\n'],
      'barman-cloud.images: "example.org/operator:2" of container manager is not among the images of operators.lock.json. It has example.org/operator:1, example.org/sidecar:1.',
    ],
    [
      'the operator would start an image that is not in the lock file',
      ["value: 'example.org/operator:1'", "value: 'example.org/bootstrap:1'"],
      'barman-cloud.images: "example.org/bootstrap:1" of variable OPERATOR_IMAGE_NAME is not among the images of operators.lock.json. It has example.org/operator:1, example.org/sidecar:1.',
    ],
    [
      'an argument names an image that is not in the lock file',
      ['imagePullPolicy: Always', "args: ['--solver-image=example.org/solver:1']"],
      'barman-cloud.images: "example.org/solver:1" of argument --solver-image is not among the images of operators.lock.json. It has example.org/operator:1, example.org/sidecar:1.',
    ],
    [
      'they hold a kind nobody has thought about',
      ['kind: ServiceAccount\nmetadata', 'kind: Pod\nmetadata'],
      'barman-cloud.manifests: Pod "manager" is of the unknown kind v1/Pod. Add it to components/operators/kinds.ts once you know when it must exist.',
    ],
    [
      'an object lies in a third namespace',
      [
        '{name: manager, namespace: cnpg-system}\n---',
        '{name: manager, namespace: kube-system}\n---',
      ],
      'barman-cloud.manifests: ServiceAccount "manager" is not in upstream\'s namespace "cnpg-system".',
    ],
    [
      "upstream's namespace stays in a place we do not know",
      ['serviceAccountName: manager', 'serviceAccountName: manager.cnpg-system.svc'],
      'barman-cloud.manifests: Deployment "controller" still names upstream\'s namespace: spec.template.spec.serviceAccountName is "manager.cnpg-system.svc".',
    ],
    [
      'a pod wants the network of its node',
      ['serviceAccountName: manager', 'hostNetwork: true'],
      'barman-cloud.manifests: Deployment "controller" asks for hostNetwork, which the platform never grants.',
    ],
    [
      'a document is no Kubernetes object',
      ['metadata: {name: validating}', 'metadata: {}'],
      'barman-cloud.manifests: document 7 is not a Kubernetes object with apiVersion, kind and name.',
    ],
  ])('%s', (_title, [search = '', replacement = ''], message) => {
    const yaml = OPERATOR_YAML.replace(search, replacement);
    expect(yaml).not.toBe(OPERATOR_YAML);
    expect(() => patch(yaml)).toThrow(new Error(message));
  });
});

describe('an operator', () => {
  const { manifests, lock } = fakeManifests();
  const args: OperatorArgs = {
    operator: 'barman-cloud',
    namespace: pulumi.output('saas-system'),
    manifests,
    lock,
    images: { operator: OPERATOR, sidecar: SIDECAR },
    protectDefinitions: true,
  };
  let recorder: Recorder;
  let operator: Operator;
  let gateway: Operator;

  beforeAll(async () => {
    recorder = await mockPulumi();
    operator = new Operator('plugin', args);
    gateway = new Operator('gateway', {
      ...args,
      operator: 'gateway-api',
      images: {},
      protectDefinitions: false,
    });
  });

  const child = (name: string): Promise<Recorded> => recorder.child(`plugin-${name}`);

  test('is visible to tests and policies object by object', async () => {
    const children = (await recorder.all()).filter(({ parent }) => parent === 'plugin');
    const kubernetes = Object.fromEntries(children.map(({ name, type }) => [name, type]));
    expect(kubernetes).toEqual({
      'plugin-custom-resource-definition-things.example.org':
        'kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition',
      'plugin-service-account-manager': 'kubernetes:core/v1:ServiceAccount',
      'plugin-cluster-role-binding-manager-binding':
        'kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding',
      'plugin-validating-webhook-configuration-validating':
        'kubernetes:admissionregistration.k8s.io/v1:ValidatingWebhookConfiguration',
      'plugin-deployment-controller': 'kubernetes:apps/v1:Deployment',
      'plugin-service-webhook': 'kubernetes:core/v1:Service',
      'plugin-service-metrics': 'kubernetes:core/v1:Service',
    });
  });

  test('keeps the schema of its definitions, not the prose', async () => {
    const { inputs } = await child('custom-resource-definition-things.example.org');
    expect(inputs).toHaveProperty('spec.versions.0.schema.openAPIV3Schema', {
      type: 'object',
      properties: {
        description: { type: 'string', default: 'none' },
        lists: { type: 'array', items: { type: 'object', default: { description: 'kept' } } },
      },
    });
  });

  test('waits ten seconds for a Service only where the API server calls it', async () => {
    const skip = ['metadata', 'annotations', 'pulumi.com/skipAwait'];
    expect((await child('service-metrics')).inputs).toHaveProperty(skip, 'true');
    expect((await child('service-webhook')).inputs).not.toHaveProperty(skip);
  });

  test('starts after its definitions, permissions and webhooks, not after its Service', async () => {
    expect((await child('service-account-manager')).dependencies).toEqual([]);
    const settings = [
      'plugin-cluster-role-binding-manager-binding',
      'plugin-custom-resource-definition-things.example.org',
      'plugin-service-account-manager',
      'plugin-validating-webhook-configuration-validating',
    ];
    expect((await child('deployment-controller')).dependencies).toEqual(settings);
    // A Service waits for a pod behind it: one that had to exist first would wait for ever.
    expect((await child('service-webhook')).dependencies).toEqual(settings);
  });

  test('waits for its definitions to be established, and not for ever', async () => {
    const definition = await child('custom-resource-definition-things.example.org');
    expect(definition.inputs).toHaveProperty(
      ['metadata', 'annotations', 'pulumi.com/waitFor'],
      'condition=Established',
    );
    expect(definition.customTimeouts).toMatchObject({ create: '5m', update: '5m' });
    expect((await child('deployment-controller')).customTimeouts).toMatchObject({ create: '5m' });
  });

  test('cannot lose its definitions, and every database with them, by accident', async () => {
    expect((await child('custom-resource-definition-things.example.org')).protect).toBe(true);
    expect((await child('deployment-controller')).protect).toBe(false);
    const unprotected = await recorder.child(
      'gateway-custom-resource-definition-gateways.gateway.networking.k8s.io',
    );
    expect(unprotected.protect).toBe(false);
  });

  test('is ready when its Deployment and Service are; without any, with its definitions', async () => {
    expect(await value(operator.ready)).toEqual(['controller', 'webhook', 'metrics']);
    expect(await value(gateway.ready)).toEqual(['gateways.gateway.networking.k8s.io']);
  });

  test('lands in its namespace only after that is known', async () => {
    expect((await child('service-webhook')).inputs).toHaveProperty(
      'metadata.namespace',
      'saas-system',
    );
  });

  test.each([
    [
      { operator: OPERATOR },
      'barman-cloud.images.sidecar: is missing. Write the image for "example.org/sidecar:1" as "name:tag@sha256:…".',
    ],
    [
      { operator: 'registry.test/operator:1', sidecar: SIDECAR },
      'barman-cloud.images.operator: "registry.test/operator:1" has no digest, so it could change. Write the image for "example.org/operator:1" as "name:tag@sha256:…".',
    ],
    [
      { operator: OPERATOR, sidecar: SIDECAR, sidcar: SIDECAR },
      'barman-cloud.images.sidcar: no such image. It has operator, sidecar.',
    ],
  ])('refuses images that are missing, unpinned or unknown %#', (images, message) => {
    expect(() => new Operator('wrong', { ...args, images })).toThrow(new Error(message));
  });

  test('refuses manifests that were never fetched', () => {
    const file = '/nowhere/barman-cloud/install.yaml';
    expect(() => new Operator('wrong', { ...args, manifests: '/nowhere' })).toThrow(
      new Error(
        `barman-cloud.manifests: "${file}" cannot be read. Fetch the manifests first: \`make up\` does it for the embedded cluster.`,
      ),
    );
  });

  test('refuses manifests that somebody has changed', () => {
    const tampered = fakeManifests();
    const file = join(tampered.manifests, 'barman-cloud', 'install.yaml');
    appendFileSync(file, '# one more byte\n');
    expect(() => new Operator('wrong', { ...args, manifests: tampered.manifests })).toThrow(
      /^barman-cloud\.manifests: ".*install\.yaml" has SHA-256 [0-9a-f]{64}, expected [0-9a-f]{64}\. Delete it and fetch the manifests again\.$/,
    );
  });
});

test('the lock file pins every source by version and every file by its hash', () => {
  expect(Object.keys(operatorsLock).length).toBeGreaterThan(2);
  for (const { version, moduleVersion, files } of Object.values(operatorsLock)) {
    expect(moduleVersion).toBe(`v${version}`);
    expect(files.length).toBeGreaterThan(0);
    for (const { sha256 } of files) expect(sha256).toMatch(/^[0-9a-f]{64}$/);
  }
});
