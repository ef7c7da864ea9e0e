import { beforeAll, describe, expect, test } from '@jest/globals';

import { alertmanagerConfig } from '../../components/metrics/alertmanager-config.ts';
import { grafanaModel } from '../../components/metrics/dashboards/dashboard.ts';
import { dashboards } from '../../components/metrics/dashboards/index.ts';
import { STATE_RULES } from '../../components/metrics/kube-state-metrics.ts';
import { MetricStack, type MetricStackArgs } from '../../components/metrics/metric-stack.ts';
import { platformTargets } from '../../components/metrics/platform-targets.ts';
import { blackboxConfig } from '../../components/metrics/probes.ts';
import { PROMETHEUS_RULES } from '../../components/metrics/prometheus.ts';
import { notifications } from '../../infra/metrics-args.ts';
import { metrics as metricsSchema } from '../../infra/config/metrics.ts';
import { Peer } from '../../components/network/peer.ts';
import { crdSchemas, schemaProblems } from './support/crd-schema.ts';
import { DIGEST, fakeManifests } from './support/manifests.ts';
import { mockPulumi, type Recorded, type Recorder, value } from './support/mocks.ts';

type Json = Record<string, unknown>;

let recorder: Recorder;
let stack: MetricStack;
let args: MetricStackArgs;
let all: readonly Recorded[];

const namespaces = {
  system: 'saas-system',
  data: 'saas-data',
  edge: 'saas-edge',
  app: 'saas-app',
};
const names = { postgres: 'postgres', redis: 'redis', gateway: 'gateway', application: 'api' };
const SLACK = 'https://hooks.example.com/T0/B0/hunter2';
const secrets = { getSecret: () => undefined };
const noChannels = metricsSchema.shape.notifications.parse({});

const ofKind = (kind: string) => all.filter(({ type }) => type.endsWith(`:${kind}`));
const specOf = (name: string, type?: string) =>
  recorder.child(name, type).then(({ inputs }) => inputs['spec'] as Json);

beforeAll(async () => {
  recorder = await mockPulumi();
  const { manifests, lock } = fakeManifests();
  const image = (name: string, tag: string) => `example.org/${name}:${tag}@${DIGEST}`;
  args = {
    namespace: 'saas-observability',
    operatorNamespace: 'saas-system',
    agentsNamespace: 'saas-node-agents',
    manifests,
    lock,
    images: {
      prometheusOperator: image('operator', 'v0.92.0'),
      configReloader: image('reloader', 'v0.92.0'),
      prometheus: image('prometheus', 'v3.12.0'),
      alertmanager: image('alertmanager', 'v0.31.1'),
      kubeStateMetrics: image('state', 'v2.19.1'),
      nodeExporter: image('node', 'v1.12.1'),
      blackboxExporter: image('blackbox', 'v0.28.0'),
      grafana: image('grafana', '13.2.0'),
    },
    prometheus: {
      replicas: 2,
      retention: '15d',
      retentionSize: '40GB',
      storage: '50Gi',
      resources: {
        requests: { cpu: '500m', memory: '1Gi' },
        limits: { cpu: '2', memory: '2Gi' },
      },
    },
    alertmanager: { replicas: 3, storage: '1Gi' },
    storageClass: 'gp3',
    apiServer: { cidr: '10.0.0.1/32', port: 6443 },
    nodes: '10.1.0.0/16',
    targets: platformTargets({ namespaces, names, worker: true, certManager: true }),
    probes: {
      urls: ['https://api.example.com/health'],
      to: [Peer.cidr('0.0.0.0/0')],
      caPem: 'authority',
    },
    notifications: {
      email: { smarthost: 'mail.example.com:587', from: 'a@example.com', to: ['b@example.com'] },
      slack: { channel: '#alerts', url: SLACK },
    },
    protectDefinitions: true,
  };
  stack = new MetricStack('metrics', args);
  all = await recorder.all();
}, 60_000);

describe('Prometheus', () => {
  test('sees every monitor and rule of every namespace', async () => {
    const spec = await specOf('metrics-prometheus', 'Prometheus');
    const selectors = ['serviceMonitor', 'podMonitor', 'probe', 'rule'].flatMap((kind) => [
      spec[`${kind}Selector`],
      spec[`${kind}NamespaceSelector`],
    ]);
    expect(selectors).toEqual(Array<object>(8).fill({}));
  });

  test('runs the pinned release twice, scrapes every 15 seconds and keeps within its volume', async () => {
    expect(await specOf('metrics-prometheus', 'Prometheus')).toMatchObject({
      replicas: 2,
      image: args.images.prometheus,
      version: '3.12.0',
      scrapeInterval: '15s',
      evaluationInterval: '15s',
      retention: '15d',
      retentionSize: '40GB',
      storage: {
        volumeClaimTemplate: {
          spec: { storageClassName: 'gp3', resources: { requests: { storage: '50Gi' } } },
        },
      },
      alerting: {
        alertmanagers: [{ namespace: 'saas-observability', name: 'alertmanager-operated' }],
      },
    });
  });

  test('counts as deployed once it is available, and starts after operator and Alertmanager', async () => {
    const { inputs, dependencies } = await recorder.child('metrics-prometheus', 'Prometheus');
    expect(inputs).toMatchObject({
      metadata: { annotations: { 'pulumi.com/waitFor': 'condition=Available' } },
    });
    expect(dependencies).toEqual(
      expect.arrayContaining([
        'metrics-operator-deployment-prometheus-operator',
        'metrics-alertmanager',
        'metrics-prometheus-api-egress',
      ]),
    );
    expect(await value(stack.prometheusHost)).toBe('metrics-prometheus.saas-observability.svc');
  });

  test('reads where its targets are and nothing secret', () => {
    const text = JSON.stringify([PROMETHEUS_RULES, STATE_RULES]);
    expect(text).not.toMatch(/secrets|configmaps|"\*"|create|update|patch|delete/);
  });
});

describe('targets', () => {
  const targets = platformTargets({ namespaces, names, worker: true, certManager: true });

  test.each([
    ['api', 'saas-app', 9464],
    ['worker', 'saas-app', 9464],
    ['postgres', 'saas-data', 9187],
    ['pooler', 'saas-data', 9127],
    ['redis', 'saas-data', 9121],
    ['traefik', 'saas-edge', 9100],
    ['cloudnative-pg', 'saas-system', 8080],
    ['cert-manager', 'saas-system', 9402],
  ])('%s: scraped, under its name, through a path of its own', async (job, namespace, port) => {
    const monitor = await specOf(`metrics-target-${job}`);
    expect(monitor).toMatchObject({
      namespaceSelector: { matchNames: [namespace] },
      podMetricsEndpoints: [
        { portNumber: port, relabelings: [{ targetLabel: 'job', replacement: job }, {}] },
      ],
    });
    const { matchLabels } = monitor['selector'] as { matchLabels: object };
    expect(matchLabels).toEqual(targets.find((target) => target.job === job)?.pods.labels);
    const policy = await recorder.child(`metrics-scrape-${job}-ingress`);
    expect(policy.inputs).toMatchObject({
      metadata: { namespace },
      spec: {
        podSelector: { matchLabels },
        ingress: [
          {
            from: [{ podSelector: { matchLabels: { 'app.kubernetes.io/name': 'prometheus' } } }],
            ports: [{ protocol: 'TCP', port }],
          },
        ],
      },
    });
  });

  test('the stack scrapes its own parts', () => {
    const own = ofKind('PodMonitor').map(({ name }) => name.replace('metrics-target-', ''));
    expect(own).toEqual(
      expect.arrayContaining([
        'prometheus',
        'alertmanager',
        'prometheus-operator',
        'kube-state-metrics',
        'node-exporter',
        'grafana',
      ]),
    );
  });

  test('kubelets give only the series that rules and dashboards read', async () => {
    const { endpoints } = await specOf('metrics-target-kubelets');
    expect(endpoints).toMatchObject([
      { path: '/metrics', metricRelabelings: [{ action: 'keep' }] },
      {
        path: '/metrics/cadvisor',
        metricRelabelings: [
          {
            regex: 'container_(cpu_usage_seconds_total|memory_working_set_bytes)',
            action: 'keep',
          },
        ],
      },
    ]);
  });

  test('two targets of one job are refused', () => {
    const [first] = targets;
    if (first === undefined) throw new Error('no target');
    expect(() => new MetricStack('twice', { ...args, targets: [first, first] })).toThrow(
      'twice.targets: the job "api" is there twice.',
    );
  });
});

describe('alerts', () => {
  test('rules of every part that is there are loaded, and no others', () => {
    const topics = ofKind('PrometheusRule').map(({ name }) => name.replace('metrics-rules-', ''));
    expect(topics.sort()).toEqual(
      [
        'application',
        'edge',
        'probes',
        'postgres',
        'pooler',
        'redis',
        'containers',
        'workloads',
        'storage',
        'nodes',
        'kube-nodes',
        'kubelets',
        'certificates',
        'postgres-backups',
        'meta',
      ].sort(),
    );
  });

  test('Alertmanager runs three times, agrees with itself and keeps what it has sent', async () => {
    expect(await specOf('metrics-alertmanager', 'Alertmanager')).toMatchObject({
      replicas: 3,
      version: '0.31.1',
      configSecret: 'metrics-alertmanager-config',
      automountServiceAccountToken: false,
      storage: { volumeClaimTemplate: {} },
    });
    const gossip = (await recorder.child('metrics-alertmanager-peers-ingress')).inputs;
    expect(gossip).toMatchObject({
      spec: {
        ingress: [
          {
            ports: [
              { protocol: 'TCP', port: 9094 },
              { protocol: 'UDP', port: 9094 },
            ],
          },
        ],
      },
    });
  });

  test('the channels with their secrets are in a Secret and nowhere else', async () => {
    const config = await recorder.child('metrics-alertmanager-config', 'Secret');
    expect(JSON.stringify(config.inputs)).toContain(SLACK);
    expect(config.secretPaths).toEqual(['stringData']);
    const others = all.filter(({ name }) => name !== 'metrics-alertmanager-config');
    expect(others.filter(({ inputs }) => JSON.stringify(inputs).includes('hunter2'))).toEqual([]);
  });

  test('only the mail port and HTTPS are open to the outside', async () => {
    const policy = await recorder.child('metrics-alertmanager-channels-egress');
    expect(policy.inputs).toMatchObject({
      spec: { egress: [{ ports: [{ port: 443 }, { port: 587 }] }] },
    });
  });

  test('are repeated after an hour, end with a message, and hide behind more severe ones', () => {
    const config = alertmanagerConfig({
      slack: { channel: '#a', url: SLACK },
      webhook: { url: 'https://sms.example.com' },
    }) as { route: Json; receivers: Json[]; inhibit_rules: Json[] };
    expect(config.route).toMatchObject({ receiver: 'team', repeat_interval: '1h' });
    expect(config.receivers[0]).toMatchObject({
      slack_configs: [{ send_resolved: true }],
      webhook_configs: [{ send_resolved: true }],
    });
    expect(config.inhibit_rules[0]).toMatchObject({
      source_matchers: ['severity="emergency"'],
      target_matchers: ['severity=~"critical|warning|info"'],
    });
  });

  test('the Watchdog goes to the dead-man service, and to nobody without one', () => {
    const routeOf = (known: Parameters<typeof alertmanagerConfig>[0]) =>
      (alertmanagerConfig(known) as { route: { routes: Json[] } }).route.routes[0];
    const webhook = { url: 'https://sms.example.com' };
    expect(routeOf({ webhook })).toMatchObject({ receiver: 'nobody' });
    expect(routeOf({ webhook, deadMan: { url: 'https://dead.example.com' } })).toMatchObject({
      matchers: ['alertname="Watchdog"'],
      receiver: 'dead-man',
      repeat_interval: '1m',
    });
  });

  test.each([
    [{}, 'none.notifications: has no channel: nobody would be told of any alert.'],
    [{ deadMan: { url: 'https://x' } }, 'none.notifications: has no channel'],
    [
      { email: { smarthost: 'mail', from: 'a@b.c', to: ['d@e.f'] } },
      'none.notifications.email.smarthost: "mail" is not host:port.',
    ],
  ])('channels that reach nobody are refused %#', (channels, message) => {
    expect(() => new MetricStack('none', { ...args, notifications: channels })).toThrow(message);
  });

  test('a channel without its secret is refused, with the command that sets it', () => {
    expect(() => notifications({ ...noChannels, webhook: true }, secrets)).toThrow(
      'observability.metrics.notifications.webhook: its secret "alertWebhookUrl" is not set. ' +
        'Run "pulumi config set --secret saas-platform:alertWebhookUrl".',
    );
  });
});

describe('Grafana', () => {
  test('nobody gets in without the random password', async () => {
    expect(await value(stack.grafanaHost)).toBe('metrics-grafana.saas-observability.svc');
    expect(await value(stack.grafanaPassword)).toBe('metrics-grafana-password-result');
    const { template } = (await specOf('metrics-grafana')) as unknown as {
      template: { spec: { containers: [{ env: { name: string; value: string }[] }] } };
    };
    const env = Object.fromEntries(
      template.spec.containers[0].env.map(({ name, value: text }) => [name, text]),
    );
    expect(env).toMatchObject({
      GF_AUTH_ANONYMOUS_ENABLED: 'false',
      GF_USERS_ALLOW_SIGN_UP: 'false',
      GF_SECURITY_ADMIN_PASSWORD__FILE: '/etc/grafana/secret/password',
    });
    const secret = await recorder.child('metrics-grafana-secret');
    expect(secret.secretPaths).toEqual(['stringData']);
  });

  test('shows the dashboards of the repository, from Prometheus', async () => {
    const files = (await recorder.child('metrics-grafana-dashboards')).inputs['data'] as Json;
    expect(Object.keys(files)).toEqual(dashboards.map(({ id }) => `${id}.json`));
    const sources = (await recorder.child('metrics-grafana-datasources')).inputs['data'];
    expect(JSON.stringify(sources)).toContain(
      'http://metrics-prometheus.saas-observability.svc:9090',
    );
  });

  test('the overview answers what was asked: traffic, times, errors, connections, pods', () => {
    const overview = dashboards.find(({ id }) => id === 'overview');
    if (overview === undefined) throw new Error('no overview');
    const { panels } = grafanaModel(overview) as { panels: { title: string; targets: Json[] }[] };
    const text = (title: string) =>
      JSON.stringify(panels.find((panel) => panel.title === title)?.targets);
    expect(text('Requests')).toContain('{{service}} {{method}} {{route}}');
    expect(text('Response time')).toMatch(/quantile\(0\.5,.*quantile\(0\.95,/);
    expect(text('Server errors')).toContain('5..');
    expect(text('PostgreSQL connections')).toContain('cnpg_backends_total');
    expect(text('Memory of pods')).toContain('container_memory_working_set_bytes');
    expect(text('Processor time of pods')).toContain('container_cpu_usage_seconds_total');
  });
});

describe('every pod', () => {
  const pods = () =>
    [...ofKind('Deployment'), ...ofKind('DaemonSet')].map(
      ({ name, inputs }) =>
        [name, (inputs['spec'] as { template: { spec: Json } }).template.spec] as const,
    );

  test('is unprivileged, and has a token only where it asks the API server', () => {
    const withToken = [
      'metrics-kube-state-metrics',
      'metrics-operator-deployment-prometheus-operator',
    ];
    expect(pods().length).toBe(5);
    for (const [name, pod] of pods()) {
      expect([name, pod]).toMatchObject([
        name,
        {
          securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
          containers: [
            {
              resources: { requests: {}, limits: {} },
              securityContext: {
                allowPrivilegeEscalation: false,
                readOnlyRootFilesystem: true,
                capabilities: { drop: ['ALL'] },
              },
            },
          ],
        },
      ]);
      const upstream = name.startsWith('metrics-operator-');
      if (!upstream) expect(pod['automountServiceAccountToken']).toBe(withToken.includes(name));
    }
  });

  test('that sees the files of its node can change none and shares nothing else with it', () => {
    const [, pod] = pods().find(([name]) => name === 'metrics-node-exporter') ?? [];
    expect(pod).not.toHaveProperty('hostNetwork');
    expect(pod).not.toHaveProperty('hostPID');
    const [container] = pod?.['containers'] as { volumeMounts: { readOnly: boolean }[] }[];
    expect(container?.volumeMounts.map(({ readOnly }) => readOnly)).toEqual([true, true, true]);
  });

  test('the images of the operator and of what it starts are pinned', async () => {
    const operator = JSON.stringify(
      (await recorder.child('metrics-operator-deployment-prometheus-operator')).inputs,
    );
    expect(operator).toContain(`--prometheus-config-reloader=${args.images.configReloader}`);
    expect(operator).not.toContain('example.org/reloader:1"');
  });
});

test('every object is one that the operator of this release understands', () => {
  const schemas = crdSchemas('prometheus-operator');
  // Without the manifests there is nothing to compare with; `make up` and .ci/prepare fetch them.
  if (schemas === undefined) throw new Error('the manifests of prometheus-operator are missing');
  const objects = all.filter(({ type }) => type.startsWith('kubernetes:monitoring.coreos.com/'));
  expect(objects.length).toBeGreaterThan(25);
  for (const { name, type, inputs } of objects) {
    const schema = schemas.get(type.split(':').at(-1) ?? '');
    if (schema === undefined) throw new Error(`${type} has no definition`);
    expect([name, schemaProblems(schema, inputs, name)]).toEqual([name, []]);
  }
}, 30_000);

test('certificates of the own authority are verified by the probes', () => {
  expect(JSON.stringify(blackboxConfig(true))).toContain('ca.crt');
  expect(JSON.stringify(blackboxConfig(false))).not.toContain('insecure');
});
