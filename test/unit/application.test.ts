import { createHash, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';

import { beforeAll, describe, expect, test } from '@jest/globals';
import * as pulumi from '@pulumi/pulumi';

import { Application, type ApplicationArgs } from '../../components/application/application.ts';
import { jwks } from '../../components/application/jwks.ts';
import { CertificateAuthority } from '../../components/certificates/certificate-authority.ts';
import { Peer } from '../../components/network/peer.ts';
import { application, type ApplicationLayer } from '../../stacks/application.ts';
import { mockPulumi, type Recorded, type Recorder, value } from './support/mocks.ts';

const pem = (kind: 'ed25519' | 'x25519' = 'ed25519') => {
  const pair = kind === 'ed25519' ? generateKeyPairSync('ed25519') : generateKeyPairSync('x25519');
  return pair.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
};
const resources = {
  requests: { cpu: '250m', memory: '256Mi' },
  limits: { cpu: '500m', memory: '512Mi' },
};

let recorder: Recorder;
let demo: Application;
let layer: ApplicationLayer;
let args: ApplicationArgs;

const login = (username: string) => ({
  username,
  password: pulumi.secret(`${username}-password/+`),
});
const data = (): ApplicationArgs['data'] => ({
  postgres: {
    poolerHost: pulumi.output('postgres-pooler.saas-data.svc'),
    directHost: pulumi.output('postgres-rw.saas-data.svc'),
    port: 5432,
    database: 'saas_platform',
    caPem: pulumi.output('postgres-ca'),
    roles: {
      migrator: login('app_migrator'),
      user: login('app_user'),
      platform: login('app_platform'),
    },
    poolerPeer: Peer.pods('saas-data', { pooler: 'yes' }),
    directPeer: Peer.pods('saas-data', { postgres: 'yes' }),
  },
  redis: {
    nodes: pulumi.output(['redis-0:6379', 'redis-1:6379']),
    username: 'app',
    password: pulumi.secret('redis-password'),
    caPem: pulumi.output('redis-ca'),
    peer: Peer.pods('saas-data', { redis: 'yes' }),
  },
  documents: {
    uri: pulumi.secret('mongodb://user:secret@documents:27017/'),
    database: 'saas',
    caPem: pulumi.output('documents-ca'),
    peer: Peer.pods('saas-data', { documents: 'yes' }),
  },
});

beforeAll(async () => {
  recorder = await mockPulumi({
    state: ({ type }) =>
      type === 'tls:index/privateKey:PrivateKey' ? { privateKeyPemPkcs8: pem() } : undefined,
  });
  args = {
    namespace: 'saas-app',
    image: 'app:1',
    hosts: ['api.example.com', 'admin.example.com'],
    gateway: {
      name: 'gateway',
      namespace: 'saas-edge',
      sectionName: 'websecure',
      peer: Peer.pods('saas-edge', { traefik: 'yes' }),
    },
    data: data(),
    replicas: 2,
    resources,
    demo: true,
  };
  demo = new Application('demo', args);
  new Application('next', { ...args, image: 'app:2' });
  new Application('plain', { ...args, demo: false, worker: false, replicas: { min: 3, max: 10 } });
  new Application('single', { ...args, demo: false, worker: false, replicas: 1 });
  new Application('operated', {
    ...args,
    demo: false,
    administration: {
      host: 'admin.example.com',
      operators: [{ name: 'ann', sha256: 'a'.repeat(64) }],
    },
  });
  new Application('traced', {
    ...args,
    demo: false,
    traces: {
      endpoint: pulumi.output('https://traces.watch.svc:4318'),
      caPem: pulumi.output('traces-ca'),
      peer: Peer.pods('watch', { jaeger: 'yes' }),
    },
  });
  layer = application({
    namespaces: { edge: 'saas-edge', app: 'saas-app' },
    operators: [],
    issuer: new CertificateAuthority('authority', { commonName: 'test' }),
    images: { app: 'app:1', traefik: 'traefik:3.6' },
    hosts: ['api.example.com'],
    apiServer: { cidr: '10.89.0.1/32', port: 6443 },
    gateway: { replicas: 1 },
    app: { replicas: 2, resources, demo: true },
    data: data(),
  });
});

const podOf = (resource: Recorded) =>
  (
    resource.inputs['spec'] as {
      template: {
        metadata: { annotations: Record<string, string> };
        spec: {
          containers: {
            args: string[];
            env: { name: string; value: string }[];
            envFrom: object[];
          }[];
          volumes: object[];
        };
      };
    }
  ).template;
const nameOf = (resource: Recorded) => (resource.inputs['metadata'] as { name: string }).name;

describe('a release', () => {
  test('migrates before any new pod starts', async () => {
    const job = await recorder.child('demo-migration');
    expect(job.inputs['spec']).toMatchObject({ backoffLimit: 2, activeDeadlineSeconds: 300 });
    expect(podOf(job).spec).toMatchObject({
      restartPolicy: 'Never',
      containers: [{ name: 'migrate', args: ['migrate'] }],
    });
    for (const name of ['demo-api', 'demo-worker']) {
      expect((await recorder.child(name, 'Deployment')).dependencies).toContain('demo-migration');
    }
  });

  test('of another image migrates anew, of the same one does not', async () => {
    const names = await Promise.all(
      ['demo', 'next', 'plain', 'single'].map(async (name) =>
        nameOf(await recorder.child(`${name}-migration`)),
      ),
    );
    for (const name of names) expect(name).toMatch(/^migrate-[0-9a-f]{10}$/);
    expect(names[1]).not.toBe(names[0]);
    expect(names[3]).toBe(names[2]);
  });

  test('a failed migration is made anew, and nothing is left to guess about replacement', async () => {
    const job = await recorder.child('demo-migration');
    expect(job.inputs).toHaveProperty(
      ['metadata', 'annotations', 'pulumi.com/replaceUnready'],
      'true',
    );
    expect(job.deleteBeforeReplace).toBe(true);
  });

  test('never has fewer pods than before, and stopping pods finish their requests', async () => {
    const { inputs } = await recorder.child('demo-api', 'Deployment');
    expect(inputs).toMatchObject({
      metadata: { name: 'demo', namespace: 'saas-app' },
      spec: {
        replicas: 2,
        strategy: { rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
        template: {
          spec: {
            terminationGracePeriodSeconds: 35,
            containers: [
              {
                args: ['api'],
                lifecycle: { preStop: { sleep: { seconds: 5 } } },
                // Longer than a failover, through which the pods answer themselves.
                readinessProbe: {
                  httpGet: { path: '/ready', port: 'http' },
                  periodSeconds: 5,
                  failureThreshold: 9,
                },
                livenessProbe: { httpGet: { path: '/health', port: 'http' }, periodSeconds: 10 },
                ports: [
                  { name: 'http', containerPort: 3000 },
                  { name: 'metrics', containerPort: 9464 },
                ],
              },
            ],
          },
        },
      },
    });
  });

  test('a changed setting, secret or authority rolls the pods', async () => {
    const { metadata } = podOf(await recorder.child('demo-api', 'Deployment'));
    const hash = expect.stringMatching(/^[0-9a-f]{64}$/);
    expect(metadata.annotations).toEqual({
      'saas-platform/config': hash,
      'saas-platform/secrets': hash,
    });
  });
});

describe('the number of API pods', () => {
  const kinds = async (name: string) =>
    (await recorder.all())
      .filter((resource) => resource.name.startsWith(`${name}-`))
      .map(({ type }) => type.slice(type.lastIndexOf(':') + 1));

  test('is left to the autoscaler when bounds are given', async () => {
    expect((await recorder.child('plain-api', 'Deployment')).inputs['spec']).not.toHaveProperty(
      'replicas',
    );
    expect((await recorder.child('plain-scaler')).inputs['spec']).toMatchObject({
      scaleTargetRef: { kind: 'Deployment', name: 'plain' },
      minReplicas: 3,
      maxReplicas: 10,
      metrics: [
        { resource: { name: 'cpu', target: { averageUtilization: 70 } } },
        { resource: { name: 'memory', target: { averageUtilization: 80 } } },
      ],
    });
  });

  test('decides about a disruption budget: a single pod must not block a drain', async () => {
    expect(await kinds('demo')).toContain('PodDisruptionBudget');
    expect(await kinds('plain')).toContain('PodDisruptionBudget');
    expect(await kinds('single')).not.toContain('PodDisruptionBudget');
  });
});

describe('credentials', () => {
  const url = (user: string, host: string) =>
    `postgres://${user}:${user}-password%2F%2B@${host}.saas-data.svc:5432/saas_platform`;

  test('each role gets its own and no other', async () => {
    const secret = async (role: string) => {
      const { inputs, secretPaths } = await recorder.child(`demo-${role}-environment`);
      const content = inputs['stringData'] as Record<string, string>;
      expect(secretPaths).toEqual(['stringData']);
      return content;
    };
    const mongo = 'mongodb://user:secret@documents:27017/';
    expect(await secret('api')).toEqual({
      PG_POOLER_URL: url('app_user', 'postgres-pooler'),
      REDIS_PASSWORD: 'redis-password',
      MONGO_URL: mongo,
    });
    expect(await secret('worker')).toEqual({
      PG_DIRECT_URL: url('app_platform', 'postgres-rw'),
      REDIS_PASSWORD: 'redis-password',
      MONGO_URL: mongo,
    });
    expect(await secret('migrate')).toEqual({
      PG_MIGRATE_URL: url('app_migrator', 'postgres-rw'),
    });
  });

  test('none is in a ConfigMap', async () => {
    const { inputs, secretPaths } = await recorder.child('demo-config');
    expect(secretPaths).toEqual([]);
    expect(inputs['data']).toEqual({
      PORT: '3000',
      METRICS_PORT: '9464',
      LOG_LEVEL: 'info',
      TRUST_PROXY: '1',
      PG_POOL_MAX: '20',
      PG_CA_FILE: '/etc/saas/authorities/postgres.crt',
      REDIS_NODES: 'redis-0:6379,redis-1:6379',
      REDIS_MODE: 'cluster',
      REDIS_TLS: 'true',
      REDIS_USERNAME: 'app',
      REDIS_CA_FILE: '/etc/saas/authorities/redis.crt',
      MONGO_DB: 'saas',
      MONGO_CA_FILE: '/etc/saas/authorities/documents.crt',
      JWT_ISSUER: 'https://api.example.com',
    });
  });

  test('only the API holds signing keys, only the migration the demo accounts', async () => {
    const variables = async (name: string, type: string) =>
      podOf(await recorder.child(name, type)).spec.containers[0]?.env.filter(({ name: variable }) =>
        variable.endsWith('_FILE'),
      );
    expect(await variables('demo-api', 'Deployment')).toEqual([
      { name: 'JWT_KEYS_FILE', value: '/etc/saas/keys/jwks.json' },
    ]);
    expect(await variables('demo-worker', 'Deployment')).toEqual([]);
    expect(await variables('demo-migration', 'Job')).toEqual([
      { name: 'DEMO_SEED_FILE', value: '/etc/saas/demo/tenants.json' },
    ]);
    expect(await variables('plain-migration', 'Job')).toEqual([]);
  });
});

describe('demo tenants', () => {
  test('are two, with passwords that the API accepts', async () => {
    expect(demo.demoTenants.map(({ slug, email }) => [slug, email])).toEqual([
      ['acme', 'admin@acme.example'],
      ['globex', 'admin@globex.example'],
    ]);
    expect((await recorder.child('demo-demo-acme-password')).inputs).toMatchObject({
      length: 20,
      minLower: 1,
      minUpper: 1,
      minNumeric: 1,
      minSpecial: 1,
    });
    const file = await recorder.child('demo-migrate-files');
    expect(file.secretPaths).toEqual(['stringData']);
    const { 'tenants.json': text } = file.inputs['stringData'] as { 'tenants.json': string };
    expect(JSON.parse(text)).toEqual([
      {
        slug: 'acme',
        name: 'Acme',
        email: 'admin@acme.example',
        password: 'demo-demo-acme-password-result',
      },
      {
        slug: 'globex',
        name: 'Globex',
        email: 'admin@globex.example',
        password: 'demo-demo-globex-password-result',
      },
    ]);
  });

  test('are made only on demand', async () => {
    const names = (await recorder.all()).map(({ name }) => name);
    expect(names.filter((name) => /^(plain|single)-.*demo/.test(name))).toEqual([]);
    expect(names).not.toContain('plain-migrate-files');
  });
});

describe('signing keys', () => {
  test('the first one signs and each keeps its id wherever it stands', () => {
    const [first, second] = [pem(), pem()];
    const set = (pems: string[]) =>
      (JSON.parse(jwks(pems)) as { keys: { kid: string; x: string; d: string }[] }).keys;
    const [one, two] = set([first, second]);
    expect(set([second, first]).map(({ kid }) => kid)).toEqual([two?.kid, one?.kid]);
    const thumbprint = createHash('sha256')
      .update(`{"crv":"Ed25519","kty":"OKP","x":"${one?.x}"}`)
      .digest('base64url');
    expect(one).toEqual({
      kty: 'OKP',
      crv: 'Ed25519',
      kid: thumbprint,
      use: 'sig',
      alg: 'EdDSA',
      x: one?.x,
      d: one?.d,
    });
    const message = Buffer.from('message');
    const key = createPublicKey({
      key: { kty: 'OKP', crv: 'Ed25519', x: String(one?.x) },
      format: 'jwk',
    });
    expect(verify(null, message, key, sign(null, message, first))).toBe(true);
  });

  test('another kind of key is refused', () => {
    expect(() => jwks([pem(), pem('x25519')])).toThrow('keys[1]: it is not an Ed25519 key.');
  });

  test('are a secret', async () => {
    const { secretPaths } = await recorder.child('demo-api-files');
    expect(secretPaths).toEqual(['stringData']);
  });
});

test('every pod is locked down and has no token', async () => {
  for (const [name, type] of [
    ['demo-api', 'Deployment'],
    ['demo-worker', 'Deployment'],
    ['demo-migration', 'Job'],
  ] as const) {
    expect(podOf(await recorder.child(name, type)).spec).toMatchObject({
      automountServiceAccountToken: false,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: 10001,
        seccompProfile: { type: 'RuntimeDefault' },
      },
      containers: [
        {
          resources,
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'] },
          },
        },
      ],
    });
  }
});

test('two audit relays never run at once', async () => {
  expect((await recorder.child('demo-worker', 'Deployment')).inputs['spec']).toMatchObject({
    replicas: 1,
    strategy: { type: 'Recreate' },
  });
});

test('the API reaches its databases and nothing more, and only the edge reaches the API', async () => {
  const paths = (await recorder.all()).flatMap(({ name, inputs, type }) => {
    if (!type.endsWith(':NetworkPolicy') || !name.startsWith('demo-')) return [];
    if (!name.includes('egress')) return [];
    const { podSelector, egress } = inputs['spec'] as {
      podSelector: { matchLabels: Record<string, string> };
      egress: {
        to: { podSelector: { matchLabels: Record<string, string> } }[];
        ports: { port: number }[];
      }[];
    };
    const { traefik } = podSelector.matchLabels;
    const from = traefik === undefined ? podSelector.matchLabels['app.kubernetes.io/name'] : 'edge';
    return egress.map(({ to, ports }) => {
      const labels = to[0]?.podSelector.matchLabels ?? {};
      const target = labels['app.kubernetes.io/name'] ?? Object.keys(labels)[0];
      return `${from} → ${target}:${ports[0]?.port}`;
    });
  });
  expect(paths.sort()).toEqual([
    'api → documents:27017',
    'api → pooler:5432',
    'api → redis:6379',
    'edge → api:3000',
    'migrate → postgres:5432',
    'worker → documents:27017',
    'worker → postgres:5432',
    'worker → redis:6379',
  ]);
});

test('spans go where there is a place for them, over a path of their own', async () => {
  expect((await recorder.child('traced-config')).inputs['data']).toMatchObject({
    OTLP_ENDPOINT: 'https://traces.watch.svc:4318',
    NODE_EXTRA_CA_CERTS: '/etc/saas/authorities/traces.crt',
  });
  expect((await recorder.child('traced-authorities')).inputs['data']).toMatchObject({
    'traces.crt': 'traces-ca',
  });
  expect((await recorder.child('traced-traces')).inputs).toMatchObject({
    from: [{ labels: { 'app.kubernetes.io/name': 'api' } }],
    to: [{ labels: { jaeger: 'yes' } }],
    ports: [{ protocol: 'TCP', port: 4318 }],
  });
  expect((await recorder.child('plain-config')).inputs['data']).not.toHaveProperty('OTLP_ENDPOINT');
});

test('the route is awaited and sets the security headers', async () => {
  const { inputs, dependencies, customTimeouts } = await recorder.child('demo-route');
  expect(inputs).toMatchObject({
    spec: {
      parentRefs: [{ name: 'gateway', namespace: 'saas-edge', sectionName: 'websecure' }],
      hostnames: ['api.example.com', 'admin.example.com'],
      rules: [
        {
          filters: [
            {
              type: 'ResponseHeaderModifier',
              responseHeaderModifier: {
                set: [
                  {
                    name: 'Strict-Transport-Security',
                    value: 'max-age=31536000; includeSubDomains',
                  },
                  { name: 'X-Content-Type-Options', value: 'nosniff' },
                  { name: 'X-Frame-Options', value: 'DENY' },
                  { name: 'Referrer-Policy', value: 'no-referrer' },
                ],
              },
            },
          ],
          backendRefs: [{ name: 'demo', port: 80 }],
        },
      ],
    },
  });
  expect(inputs).toHaveProperty(
    ['metadata', 'annotations', 'pulumi.com/waitFor'],
    expect.stringContaining('ResolvedRefs'),
  );
  expect(customTimeouts?.create).toBe('2m');
  expect(dependencies).toEqual(expect.arrayContaining(['demo-api', 'demo-service']));
  expect(await value(demo.urls)).toEqual(['https://api.example.com', 'https://admin.example.com']);
});

test('the layer puts the application behind the gateway and tells how to sign in', async () => {
  const route = await recorder.child('api-route');
  expect(route.inputs['spec']).toMatchObject({
    parentRefs: [{ name: 'gateway', namespace: 'saas-edge', sectionName: 'websecure' }],
  });
  expect(route.dependencies).toContain('gateway-gateway');
  expect(await value(layer.url)).toBe('https://api.example.com');
  expect(await value(layer.edgeHost)).toBe('gateway.saas-edge.svc');
  expect(await value(layer.names.deployment)).toBe('api');
  expect(await value(layer.names.service)).toBe('api');
  expect(await value(layer.names.gateway)).toBe('gateway');
  const [acme] = layer.demoTenants;
  expect(acme?.slug).toBe('acme');
  expect(acme === undefined || (await pulumi.isSecret(acme.password))).toBe(true);
});

describe('refusals', () => {
  const make = (change: Partial<ApplicationArgs>) => () =>
    new Application('refused', { ...args, ...change });

  test.each([
    [0, 'refused.replicas: 0 must be a whole number from 1.'],
    [1.5, 'refused.replicas: 1.5 must be a whole number from 1.'],
    [
      { min: 5, max: 3 },
      'refused.replicas: 5 to 3 leaves load nothing to decide. Did you mean 3 to 5?',
    ],
    [
      { min: 3, max: 3 },
      'refused.replicas: 3 to 3 leaves load nothing to decide. Write refused.replicas: 3.',
    ],
  ])('%j replicas', (replicas, message) => {
    expect(make({ replicas })).toThrow(new Error(message));
  });

  test('a host with a scheme', () => {
    expect(make({ hosts: ['https://api.example.com'] })).toThrow(
      'refused.hosts[0]: "https://api.example.com" is not a DNS name. Did you mean "api.example.com"?',
    );
  });

  test('signing keys that are none or the same twice', () => {
    expect(make({ signingKeys: [] })).toThrow(
      'refused.signingKeys: the list is empty: nothing could sign tokens.',
    );
    expect(make({ signingKeys: ['1', '1'] })).toThrow('refused.signingKeys: "1" is there twice.');
  });
});

describe('the role admin', () => {
  const ingress = async (name: string) => {
    const { inputs } = await recorder.child(name);
    return inputs['spec'] as { podSelector: { matchLabels: Record<string, string> } };
  };

  test('has a host of its own, at which the API does not answer', async () => {
    const hostsOf = async (name: string) =>
      ((await recorder.child(name)).inputs['spec'] as { hostnames: string[] }).hostnames;
    expect(await hostsOf('operated-route')).toEqual(['api.example.com']);
    expect(await hostsOf('operated-admin-route')).toEqual(['admin.example.com']);
    expect((await recorder.child('operated-admin-service')).inputs['spec']).toMatchObject({
      selector: { 'app.kubernetes.io/name': 'admin', 'app.kubernetes.io/instance': 'operated' },
    });
    const { inputs } = await recorder.child('operated-admin-route');
    expect(inputs).toHaveProperty('spec.rules.0.backendRefs', [
      { name: 'operated-admin', port: 80 },
    ]);
  });

  test('knows the hashes of the operators and the role that owns the tables, nothing else', async () => {
    const { inputs } = await recorder.child('operated-admin-files');
    expect(
      JSON.parse((inputs['stringData'] as Record<string, string>)['tokens.json'] ?? ''),
    ).toEqual([{ name: 'ann', sha256: 'a'.repeat(64) }]);
    const secret = await recorder.child('operated-admin-environment');
    expect(Object.keys(secret.inputs['stringData'] as object)).toEqual(['PG_MIGRATE_URL']);
    const { inputs: deployment } = await recorder.child('operated-admin', 'Deployment');
    expect(deployment).toMatchObject({
      spec: {
        replicas: 1,
        strategy: { type: 'Recreate' },
        template: {
          spec: {
            containers: [
              {
                args: ['admin'],
                env: expect.arrayContaining([
                  { name: 'ADMIN_TOKENS_FILE', value: '/etc/saas/operators/tokens.json' },
                ]),
              },
            ],
          },
        },
      },
    });
  });

  test('is reached by the edge alone', async () => {
    const spec = await ingress('operated-admin-ingress');
    expect(spec.podSelector.matchLabels).toMatchObject({ 'app.kubernetes.io/name': 'admin' });
    expect(JSON.stringify(spec)).toContain('saas-edge');
  });

  test('does not run where nobody is an operator', async () => {
    const names = (await recorder.all()).map(({ name }) => name);
    expect(names.filter((name) => name.startsWith('plain-admin'))).toEqual([]);
  });

  test.each([
    [
      { host: 'admin.example.com', operators: [] },
      'alone.administration.operators: the list is empty: nobody could sign in.',
    ],
    [
      { host: 'other.example.com', operators: [{ name: 'ann', sha256: '0' }] },
      'alone.administration.host: "other.example.com" must be one of the hosts, beside the API\'s.',
    ],
  ])('%j is refused', (administration, message) => {
    expect(() => new Application('alone', { ...args, administration })).toThrow(message);
  });
});
