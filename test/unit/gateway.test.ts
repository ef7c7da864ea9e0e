import { beforeAll, describe, expect, test } from '@jest/globals';

import { CertificateAuthority } from '../../components/certificates/certificate-authority.ts';
import { Gateway, type GatewayArgs } from '../../components/gateway/gateway.ts';
import { CLUSTER_RULES, NAMESPACE_RULES, traefikArgs } from '../../components/gateway/traefik.ts';
import { Peer } from '../../components/network/peer.ts';
import { Port } from '../../components/network/port.ts';
import { mockPulumi, type Recorder, value } from './support/mocks.ts';

let recorder: Recorder;
let gateway: Gateway;
let args: GatewayArgs;

beforeAll(async () => {
  recorder = await mockPulumi();
  args = {
    namespace: 'saas-edge',
    image: 'traefik:3.6',
    issuer: new CertificateAuthority('authority', { commonName: 'test' }),
    hosts: ['api.example.com', 'admin.example.com'],
    routeNamespaces: ['saas-app'],
    replicas: 2,
    apiServer: { peer: Peer.cidr('10.89.0.1/32'), port: Port.apiServer },
  };
  gateway = new Gateway('gateway', args);
  new Gateway('small', {
    ...args,
    replicas: 1,
    serviceType: 'LoadBalancer',
    clients: [Peer.cidr('192.168.0.0/16')],
    httpsPort: 8443,
  });
});

describe('a proof of the hosts over plain HTTP', () => {
  const controller = Peer.pods('saas-system', { part: 'controller' });
  beforeAll(() => {
    new Gateway('proven', { ...args, replicas: 1, acmeController: controller });
  });

  test('passes from the edge to the solver, and from cert-manager to the edge', async () => {
    const { inputs } = await recorder.child('proven-acme-solver-ingress');
    expect(inputs).toMatchObject({
      metadata: { namespace: 'saas-edge' },
      spec: {
        podSelector: { matchLabels: { 'acme.cert-manager.io/http01-solver': 'true' } },
        ingress: [{ ports: [{ protocol: 'TCP', port: 8089 }] }],
      },
    });
    expect((await recorder.child('proven-acme-check-egress')).inputs).toMatchObject({
      metadata: { namespace: 'saas-system' },
      spec: {
        podSelector: { matchLabels: { part: 'controller' } },
        egress: [{ ports: [{ protocol: 'TCP', port: 8000 }] }],
      },
    });
  });

  test('has no open path where it is not asked for', async () => {
    const names = (await recorder.all()).map(({ name }) => name);
    expect(names.filter((name) => name.startsWith('small-acme'))).toEqual([]);
  });
});

describe('Traefik', () => {
  const flags = traefikArgs(['saas-edge', 'saas-app']);

  test('never calls out of the cluster', () => {
    expect(flags).toContain('--global.checknewversion=false');
    expect(flags).toContain('--global.sendanonymoususage=false');
  });

  test('keeps its API, dashboard and rest provider off', () => {
    expect(flags.filter((flag) => /--(api|providers\.rest)/.test(flag))).toEqual([]);
  });

  test('watches the edge and the application only', async () => {
    const { inputs } = await recorder.child('gateway-traefik');
    const { template } = inputs['spec'] as {
      template: { spec: { containers: { args: string[] }[] } };
    };
    expect(template.spec.containers[0]?.args).toContain(
      '--providers.kubernetesgateway.namespaces=saas-edge,saas-app',
    );
  });

  test('may read Secrets in those two namespaces and nowhere else', async () => {
    expect(JSON.stringify(CLUSTER_RULES)).not.toContain('secrets');
    expect(JSON.stringify(NAMESPACE_RULES)).toContain('secrets');
    const cluster = await recorder.child('gateway-cluster-role');
    expect(cluster.inputs['rules']).toEqual(CLUSTER_RULES);
    const roles = (await recorder.all()).filter(
      ({ name, type }) => type.endsWith(':Role') && name.startsWith('gateway-'),
    );
    expect(roles.map(({ inputs }) => inputs['metadata'])).toMatchObject([
      { namespace: 'saas-edge' },
      { namespace: 'saas-app' },
    ]);
  });

  test('writes nothing but the status of routes and gateways', () => {
    const writes = [...CLUSTER_RULES, ...NAMESPACE_RULES].filter(({ verbs }) =>
      verbs.some((verb) => !['get', 'list', 'watch'].includes(verb)),
    );
    for (const { resources, verbs } of writes) {
      expect(verbs).toEqual(['update']);
      expect(resources.every((resource) => resource.endsWith('/status'))).toBe(true);
    }
    expect(writes).not.toEqual([]);
  });

  test('runs as an ordinary user on a read-only file system', async () => {
    const { inputs } = await recorder.child('gateway-traefik');
    expect(inputs).toMatchObject({
      spec: {
        replicas: 2,
        strategy: { rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
        template: {
          spec: {
            securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
            containers: [
              {
                securityContext: {
                  allowPrivilegeEscalation: false,
                  readOnlyRootFilesystem: true,
                  capabilities: { drop: ['ALL'] },
                },
              },
            ],
          },
        },
      },
    });
  });

  test('starts after its rights and its paths exist', async () => {
    expect((await recorder.child('gateway-traefik')).dependencies).toEqual(
      expect.arrayContaining([
        'gateway-cluster-binding',
        'gateway-binding',
        'gateway-binding-2',
        'gateway-api-server-egress',
        'gateway-clients-ingress',
      ]),
    );
  });

  test('two pods have a disruption budget, one has none', async () => {
    const budgets = (await recorder.all()).filter(({ type }) =>
      type.endsWith(':PodDisruptionBudget'),
    );
    expect(budgets.map(({ name }) => name)).toEqual(['gateway-disruption']);
  });
});

describe('the Gateway', () => {
  test('listens where Traefik has its entry points', async () => {
    const { inputs } = await recorder.child('gateway-gateway');
    const { listeners } = inputs['spec'] as { listeners: { name: string; port: number }[] };
    const flags = traefikArgs(['saas-edge']);
    for (const { name, port } of listeners) {
      expect(flags).toContain(`--entrypoints.${name}.address=:${port}`);
    }
    expect(listeners).toMatchObject([
      { name: 'web', port: 8000, protocol: 'HTTP' },
      {
        name: 'websecure',
        port: 8443,
        protocol: 'HTTPS',
        tls: { mode: 'Terminate', certificateRefs: [{ name: 'gateway-tls' }] },
      },
    ]);
  });

  test('plain HTTP accepts no route of the application', async () => {
    const { inputs } = await recorder.child('gateway-gateway');
    expect(inputs).toHaveProperty('spec.listeners.0.allowedRoutes', {
      namespaces: { from: 'Same' },
    });
    expect(inputs).toHaveProperty('spec.listeners.1.allowedRoutes', {
      namespaces: {
        from: 'Selector',
        selector: {
          matchExpressions: [
            { key: 'kubernetes.io/metadata.name', operator: 'In', values: ['saas-app'] },
          ],
        },
      },
    });
  });

  test('is awaited, and never for longer than two minutes', async () => {
    const wait = async (name: string) => {
      const { inputs, customTimeouts } = await recorder.child(name);
      const { annotations } = inputs['metadata'] as { annotations: Record<string, string> };
      return [annotations['pulumi.com/waitFor'], customTimeouts?.create];
    };
    expect(await wait('gateway-class')).toEqual(['condition=Accepted', '2m']);
    expect(await wait('gateway-gateway')).toEqual(['condition=Programmed', '2m']);
    expect(await wait('gateway-redirect')).toEqual([
      '["jsonpath={.status.parents[0].conditions[?(@.type==\\"Accepted\\")].status}=True",' +
        '"jsonpath={.status.parents[0].conditions[?(@.type==\\"ResolvedRefs\\")].status}=True"]',
      '2m',
    ]);
    expect((await recorder.child('gateway-class')).dependencies).toContain('gateway-traefik');
  });

  test('its certificate covers every host', async () => {
    const { inputs } = await recorder.child('gateway-certificate-request');
    expect(inputs['dnsNames']).toEqual(['api.example.com', 'admin.example.com']);
  });

  test('plain HTTP is redirected to the HTTPS port that clients see', async () => {
    const rules = async (name: string) =>
      ((await recorder.child(name)).inputs['spec'] as { rules: object[] }).rules;
    expect(await rules('gateway-redirect')).toEqual([
      {
        filters: [
          { type: 'RequestRedirect', requestRedirect: { scheme: 'https', statusCode: 301 } },
        ],
      },
    ]);
    expect(await rules('small-redirect')).toEqual([
      {
        filters: [
          {
            type: 'RequestRedirect',
            requestRedirect: { scheme: 'https', port: 8443, statusCode: 301 },
          },
        ],
      },
    ]);
  });
});

describe('the Service', () => {
  test('leads from the usual ports to the unprivileged ones', async () => {
    expect((await recorder.child('gateway-service')).inputs['spec']).toMatchObject({
      type: 'ClusterIP',
      ports: [
        { name: 'http', port: 80, targetPort: 'web' },
        { name: 'https', port: 443, targetPort: 'websecure' },
      ],
    });
    expect(await value(gateway.host)).toBe('gateway.saas-edge.svc');
  });

  test('a load balancer keeps the address of the client', async () => {
    expect((await recorder.child('small-service')).inputs['spec']).toMatchObject({
      type: 'LoadBalancer',
      externalTrafficPolicy: 'Local',
    });
  });
});

test('only the given networks may connect', async () => {
  const from = async (name: string) => {
    const { inputs } = await recorder.child(name);
    return (inputs['spec'] as { ingress: { from: object[]; ports: object[] }[] }).ingress;
  };
  expect(await from('small-clients-ingress')).toEqual([
    {
      from: [{ ipBlock: { cidr: '192.168.0.0/16' } }],
      ports: [
        { protocol: 'TCP', port: 8000 },
        { protocol: 'TCP', port: 8443 },
      ],
    },
  ]);
});

describe('refusals', () => {
  const make = (change: Partial<GatewayArgs>) => () =>
    new Gateway('refused', { ...args, ...change });

  test.each([
    [['https://api.example.com/v1'], 'Did you mean "api.example.com"?'],
    [['api.example.com:8443'], 'Did you mean "api.example.com"?'],
    [['Api.Example.com'], 'Did you mean "api.example.com"?'],
    [['*.example.com'], ''],
    [['localhost'], ''],
  ])('%j is no list of host names', (hosts, hint) => {
    const problem = `refused.hosts[0]: "${hosts[0]}" is not a DNS name.`;
    expect(make({ hosts })).toThrow(new Error(hint === '' ? problem : `${problem} ${hint}`));
  });

  test('no host, no pod, no namespace', () => {
    expect(make({ hosts: [] })).toThrow('refused.hosts: the list is empty.');
    expect(make({ replicas: 0 })).toThrow('refused.replicas: 0 must be a whole number from 1.');
    expect(make({ routeNamespaces: [] })).toThrow('refused.routeNamespaces: the list is empty.');
  });
});
