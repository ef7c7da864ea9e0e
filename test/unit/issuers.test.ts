import { beforeAll, describe, expect, test } from '@jest/globals';
import * as k8s from '@pulumi/kubernetes';
import * as pulumi from '@pulumi/pulumi';

import { CertificateAuthority } from '../../components/certificates/certificate-authority.ts';
import type { IssuedCertificate } from '../../components/certificates/issued-certificate.ts';
import { Issuer } from '../../components/certificates/issuer.ts';
import { CertManagerOperator } from '../../components/operators/cert-manager-operator.ts';
import { issuers, type IssuersArgs, type PublicIssuer } from '../../stacks/issuers.ts';
import { crdSchemas, schemaProblems } from './support/crd-schema.ts';
import { DIGEST, fakeManifests } from './support/manifests.ts';
import { mockPulumi, value, type Recorded, type Recorder } from './support/mocks.ts';

const image = (part: string) => `registry.test/${part}:1@${DIGEST}`;
const dns = {
  kind: 'dns-01',
  region: 'eu-central-1',
  hostedZoneId: 'Z1',
  roleArn: 'arn:aws:iam::111122223333:role/dns',
} as const;
const acme = { kind: 'acme', email: 'platform@example.com' } as const;

let recorder: Recorder;
let authority: CertificateAuthority;
let operator: CertManagerOperator;
let inner: IssuedCertificate;
let overHttp: IssuedCertificate;

beforeAll(async () => {
  recorder = await mockPulumi();
  authority = new CertificateAuthority('authority', { commonName: 'test' });
  const { manifests, lock } = fakeManifests();
  const args = {
    namespace: 'saas-system',
    manifests,
    lock,
    images: {
      controller: image('controller'),
      webhook: image('webhook'),
      cainjector: image('cainjector'),
      solver: image('solver'),
    },
    apiServer: { cidr: '10.89.0.1/32', port: 6443 },
    gatewayApi: [new k8s.core.v1.ConfigMap('gateway-api', {})],
    protectDefinitions: true,
  };
  operator = new CertManagerOperator('cert-manager', { ...args, acme: 'http-01' });
  new CertManagerOperator('inside', args);
  new CertManagerOperator('by-dns', { ...args, acme: 'dns-01' });

  const namespace = 'saas-system';
  const after = { dependsOn: [operator] };
  const internal = new Issuer('ca', { namespace, source: { kind: 'authority', authority } }, after);
  inner = internal.issue('documents', {
    namespace: 'saas-data',
    secretName: 'documents-tls',
    dnsNames: ['documents.saas-data.svc'],
    usages: ['server auth', 'client auth'],
    organization: 'saas-platform',
  });
  const gateway = { name: 'gateway', namespace: 'saas-edge', sectionName: 'web' };
  const http = new Issuer('http', {
    namespace,
    source: { ...acme, server: 'staging', solver: { kind: 'http-01', gateway } },
  });
  overHttp = http.issue('public', {
    namespace: 'saas-edge',
    secretName: 'public-tls',
    dnsNames: ['api.example.com', 'admin.example.com'],
    usages: ['server auth'],
  });
  new Issuer('dns', { namespace, source: { ...acme, server: 'production', solver: dns } });
});

const metadata = ({ inputs }: Recorded) => inputs['metadata'] as Record<string, unknown>;
const waits = ({ inputs, customTimeouts }: Recorded) => [
  (inputs['metadata'] as { annotations?: Record<string, string> }).annotations?.[
    'pulumi.com/waitFor'
  ],
  customTimeouts?.create,
];

describe('cert-manager', () => {
  test('holds its leases in its own namespace and solves with the pinned image', async () => {
    const { inputs } = await recorder.child('cert-manager-operator-deployment-cert-manager');
    expect(inputs).toHaveProperty('spec.template.spec.containers.0.args', [
      '--v=2',
      '--leader-election-namespace=saas-system',
      `--acme-http01-solver-image=${image('solver')}`,
    ]);
  });

  test('runs restricted, within bounds, on a root it cannot write', async () => {
    const { inputs } = await recorder.child('cert-manager-operator-deployment-cert-manager');
    expect(inputs).toMatchObject({
      spec: {
        template: {
          spec: {
            securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
            containers: [
              {
                image: image('controller'),
                securityContext: {
                  allowPrivilegeEscalation: false,
                  readOnlyRootFilesystem: true,
                  capabilities: { drop: ['ALL'] },
                },
                resources: {
                  requests: { cpu: '50m', memory: '128Mi' },
                  limits: { memory: '512Mi' },
                },
              },
            ],
          },
        },
      },
    });
  });

  test('counts as ready only when its webhook is trusted, and names its authority where it lies', async () => {
    const webhook = await recorder.child(
      'cert-manager-operator-validating-webhook-configuration-cert-manager-webhook',
    );
    expect(metadata(webhook)['annotations']).toEqual({
      'cert-manager.io/inject-ca-from-secret': 'saas-system/cert-manager-webhook-ca',
      'pulumi.com/waitFor': 'jsonpath={.webhooks[0].clientConfig.caBundle}',
    });
    expect(webhook.dependencies).toEqual([
      'cert-manager-operator-deployment-cert-manager',
      'cert-manager-operator-deployment-cert-manager-webhook',
    ]);
    expect(webhook.customTimeouts).toMatchObject({ create: '5m' });
    expect(await value(operator.ready)).toContain('cert-manager-webhook');
  });

  test('starts after the Gateway API, which it looks for only once, and after its paths', async () => {
    const { dependencies } = await recorder.child('cert-manager-operator-deployment-cert-manager');
    expect(dependencies).toEqual(
      expect.arrayContaining([
        'gateway-api',
        'cert-manager-api-egress',
        'cert-manager-webhook-ingress',
        'cert-manager-operator-pod-disruption-budget-cert-manager',
      ]),
    );
  });

  test('is called by the API server and calls it', async () => {
    const api = [{ ipBlock: { cidr: '10.89.0.1/32' } }];
    expect((await recorder.child('cert-manager-webhook-ingress')).inputs['spec']).toEqual({
      podSelector: {
        matchLabels: {
          'app.kubernetes.io/instance': 'cert-manager',
          'app.kubernetes.io/component': 'webhook',
        },
      },
      policyTypes: ['Ingress'],
      ingress: [{ from: api, ports: [{ protocol: 'TCP', port: 10250 }] }],
    });
    for (const name of ['egress', 'egress-2', 'egress-3']) {
      expect((await recorder.child(`cert-manager-api-${name}`)).inputs).toHaveProperty(
        'spec.egress',
        [{ to: api, ports: [{ protocol: 'TCP', port: 6443 }] }],
      );
    }
  });

  test('reaches the outside only for ACME, and port 80 only to look at HTTP answers', async () => {
    const egress = async (name: string) =>
      ((await recorder.child(`${name}-acme-egress`)).inputs['spec'] as { egress: unknown }).egress;
    const everywhere = [{ ipBlock: { cidr: '0.0.0.0/0', except: ['169.254.169.254/32'] } }];
    const https = { protocol: 'TCP', port: 443 };
    expect(await egress('cert-manager')).toEqual([
      { to: everywhere, ports: [https, { protocol: 'TCP', port: 80 }] },
    ]);
    expect(await egress('by-dns')).toEqual([{ to: everywhere, ports: [https] }]);
    const names = (await recorder.all()).map(({ name }) => name);
    expect(names).toContain('inside-api');
    expect(names).not.toContain('inside-acme');
  });
});

describe('an issuer', () => {
  test('of the own authority signs with its key, which lies beside cert-manager only', async () => {
    const key = await recorder.child('ca-key');
    expect(key.inputs).toMatchObject({
      metadata: { name: 'ca-key', namespace: 'saas-system' },
      type: 'kubernetes.io/tls',
      stringData: {
        'tls.crt': 'authority-certificate-pem',
        'tls.key': 'authority-key-private-pem',
      },
    });
    expect(key.secretPaths.join()).toMatch(/stringData/);
    const issuer = await recorder.child('ca-issuer');
    expect(issuer.inputs).toMatchObject({
      kind: 'ClusterIssuer',
      metadata: { name: 'ca' },
      spec: { ca: { secretName: 'ca-key' } },
    });
    expect(metadata(issuer)).not.toHaveProperty('namespace');
  });

  test('is made after the webhook that admits it, and must become ready in time', async () => {
    const issuer = await recorder.child('ca-issuer');
    expect(issuer.dependencies).toContain(
      'cert-manager-operator-validating-webhook-configuration-cert-manager-webhook',
    );
    expect(waits(issuer)).toEqual(['condition=Ready', '2m']);
  });

  test("of Let's Encrypt over HTTP answers through the Gateway's plain listener", async () => {
    expect((await recorder.child('http-issuer')).inputs['spec']).toEqual({
      acme: {
        server: 'https://acme-staging-v02.api.letsencrypt.org/directory',
        email: 'platform@example.com',
        privateKeySecretRef: { name: 'http-account' },
        solvers: [
          {
            http01: {
              gatewayHTTPRoute: {
                parentRefs: [
                  { kind: 'Gateway', name: 'gateway', namespace: 'saas-edge', sectionName: 'web' },
                ],
              },
            },
          },
        ],
      },
    });
  });

  test("of Let's Encrypt over DNS changes the zone as an account of which it only gets a token", async () => {
    expect((await recorder.child('dns-issuer')).inputs['spec']).toEqual({
      acme: {
        server: 'https://acme-v02.api.letsencrypt.org/directory',
        email: 'platform@example.com',
        privateKeySecretRef: { name: 'dns-account' },
        solvers: [
          {
            dns01: {
              route53: {
                region: 'eu-central-1',
                hostedZoneID: 'Z1',
                role: 'arn:aws:iam::111122223333:role/dns',
                auth: { kubernetes: { serviceAccountRef: { name: 'dns-dns' } } },
              },
            },
          },
        ],
      },
    });
    expect((await recorder.child('dns-dns')).inputs).toMatchObject({
      metadata: { namespace: 'saas-system' },
      automountServiceAccountToken: false,
    });
    expect((await recorder.child('dns-dns-token')).inputs['rules']).toEqual([
      {
        apiGroups: [''],
        resources: ['serviceaccounts/token'],
        resourceNames: ['dns-dns'],
        verbs: ['create'],
      },
    ]);
    expect((await recorder.child('dns-dns-token-binding')).inputs['subjects']).toEqual([
      { kind: 'ServiceAccount', name: 'cert-manager', namespace: 'saas-system' },
    ]);
  });
});

describe('a certificate of cert-manager', () => {
  test('names what clients dial, is for what it is used, and is renewed with a new key', async () => {
    const certificate = await recorder.child('documents-certificate');
    expect(certificate.inputs['spec']).toEqual({
      secretName: 'documents-tls',
      issuerRef: { name: 'ca', kind: 'ClusterIssuer', group: 'cert-manager.io' },
      dnsNames: ['documents.saas-data.svc'],
      commonName: 'documents-tls',
      subject: { organizations: ['saas-platform'] },
      usages: ['digital signature', 'server auth', 'client auth'],
      duration: '2160h0m0s',
      renewBefore: '720h0m0s',
      privateKey: { algorithm: 'ECDSA', size: 256, rotationPolicy: 'Always' },
      revisionHistoryLimit: 1,
      secretTemplate: {
        labels: expect.objectContaining({ 'app.kubernetes.io/name': 'certificate' }),
      },
    });
    expect(waits(certificate)).toEqual(['condition=Ready', '2m']);
    expect(await value(inner.secretName)).toBe('documents-tls');
  });

  test('of an ACME server has names only, and a stand-in until the edge can prove them', async () => {
    const certificate = await recorder.child('public-certificate');
    const spec = certificate.inputs['spec'] as Record<string, unknown>;
    expect(spec['dnsNames']).toEqual(['api.example.com', 'admin.example.com']);
    expect(spec).not.toHaveProperty('commonName');
    expect(metadata(certificate)['annotations']).toMatchObject({
      'cert-manager.io/issue-temporary-certificate': 'true',
    });
    expect(waits(certificate)).toEqual(['condition=Ready', '15m']);
    expect(await value(overHttp.secretName)).toBe('public-tls');
  });

  test('without a name that a client could verify is refused', () => {
    const issuer = new Issuer('unused', {
      namespace: 'n',
      source: { kind: 'authority', authority },
    });
    expect(() =>
      issuer.issue('wrong', {
        namespace: 'n',
        secretName: 's',
        dnsNames: [],
        usages: ['server auth'],
      }),
    ).toThrow('wrong.dnsNames: a server certificate needs a name or an address.');
  });
});

const schemas = crdSchemas('cert-manager');
const withSchemas = schemas === undefined ? test.skip : test;

withSchemas('cert-manager knows every field of every issuer and certificate', async () => {
  const custom = (await recorder.all()).filter(({ type }) =>
    type.startsWith('kubernetes:cert-manager.io'),
  );
  expect(custom.length).toBeGreaterThan(4);
  const problems = custom.flatMap(({ name, inputs }) => {
    const schema = schemas?.get(String(inputs['kind']));
    return schema === undefined ? [`${name}: no schema`] : schemaProblems(schema, inputs, name);
  });
  expect(problems).toEqual([]);
});

describe('who issues', () => {
  const layer = (issuer: PublicIssuer, change: Partial<IssuersArgs> = {}) =>
    issuers({
      namespaces: { system: pulumi.output('saas-system'), edge: pulumi.output('saas-edge') },
      authority,
      operator,
      issuer,
      gateway: { name: 'gateway', sectionName: 'web' },
      ...change,
    });

  test('without cert-manager is the program itself', () => {
    const made = layer({ kind: 'platform-ca' }, { operator: undefined });
    expect(made).toEqual({ internal: authority, edge: authority, acmeController: undefined });
  });

  test('inside is always the own authority, and at the edge what is set', () => {
    const own = layer({ kind: 'platform-ca' });
    expect(own.edge).toBe(own.internal);
    const byDns = layer({ ...acme, server: 'production', solver: dns });
    expect(byDns.edge).not.toBe(byDns.internal);
    expect(byDns.acmeController).toBeUndefined();
    const byHttp = layer({ ...acme, server: 'staging', solver: { kind: 'http-01' } });
    expect(byHttp.acmeController).toBe(operator.controller);
  });
});
