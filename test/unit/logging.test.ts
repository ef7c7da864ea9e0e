import { spawn } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import * as k8s from '@pulumi/kubernetes';
import * as pulumi from '@pulumi/pulumi';

import { CertificateAuthority } from '../../components/certificates/certificate-authority.ts';
import { collectorConfig } from '../../components/logging/collector-config.ts';
import { elasticsearchCron } from '../../components/logging/elasticsearch-cron.ts';
import { elasticsearchSettings } from '../../components/logging/elasticsearch-settings.ts';
import { imageVersion } from '../../components/logging/image-version.ts';
import { LogStack, type LogStackArgs } from '../../components/logging/log-stack.ts';
import { Peer } from '../../components/network/peer.ts';
import { crdSchemas, schemaProblems } from './support/crd-schema.ts';
import { mockPulumi, value, type Recorded, type Recorder } from './support/mocks.ts';

type Json = Record<string, unknown>;

const resources = {
  requests: { cpu: '100m', memory: '1Gi' },
  limits: { cpu: '1', memory: '1Gi' },
};
const settings = {
  retention: { days: 30, errorDays: 90 },
  replicas: 1,
  backup: { bucket: 'backups', schedule: '0 2 * * *', retentionDays: 14 },
};
let recorder: Recorder;
let large: LogStack;
let small: LogStack;
let all: readonly Recorded[];

beforeAll(async () => {
  recorder = await mockPulumi();
  const authority = new CertificateAuthority('authority', { commonName: 'test' });
  const agent = {
    namespace: 'agents',
    image: 'collector:1@sha256:1',
    sources: { application: 'app', edge: 'edge' },
    resources,
  };
  const operator = Object.assign(new k8s.core.v1.ConfigMap('operator', {}), {
    peer: Peer.pods('system', { app: 'operator' }),
  });
  const store: LogStackArgs['store'] = {
    engine: 'elasticsearch',
    namespace: 'logs',
    images: {
      elasticsearch: 'elasticsearch:9.4.3@sha256:1',
      kibana: 'kibana:9.4.3@sha256:1',
      node: 'app:1@sha256:1',
    },
    authority,
    operator,
    nodes: 3,
    protectData: true,
    storage: '50Gi',
    storageClass: 'gp3',
    resources,
    kibana: { replicas: 2, resources },
    retention: settings.retention,
    backup: {
      schedule: settings.backup.schedule,
      retentionDays: settings.backup.retentionDays,
      target: {
        bucket: pulumi.output('backups'),
        region: 'eu-central-1',
        accessFor: ({ prefix, serviceAccounts }) => ({
          kind: 'role',
          roleArn: `role of ${serviceAccounts.map(({ name }) => name).join()} below ${prefix}`,
          region: 'eu-central-1',
          peers: [Peer.cidr('10.0.0.0/16')],
        }),
      },
    },
  };
  large = new LogStack('large', { store, agent });
  small = new LogStack('small', {
    store: {
      engine: 'victorialogs',
      namespace: 'logs',
      image: 'victoria-logs:1@sha256:1',
      authority,
      storage: '5Gi',
      retentionDays: 7,
      resources,
    },
    agent,
  });
  all = await recorder.all();
});

async function inputs(name: string): Promise<Json> {
  return (await recorder.child(name)).inputs;
}

function podOf(workload: Json): Json & { containers: Json[]; volumes: Json[] } {
  const { template } = workload['spec'] as { template: { spec: never } };
  return template.spec;
}

async function agentConfig(stack: string): Promise<Json> {
  const { data } = (await inputs(`${stack}-agent-config`)) as { data: Record<string, string> };
  return JSON.parse(data['config.json'] ?? '') as Json;
}

describe('the agent', () => {
  test('keeps what is not delivered, and tries for ever, whatever the engine', async () => {
    const { exporters: es } = (await agentConfig('large')) as { exporters: Json };
    const { exporters: vl } = (await agentConfig('small')) as { exporters: Json };
    const queue = { storage: 'file_storage', block_on_overflow: true };
    expect(es).toMatchObject({
      elasticsearch: { sending_queue: queue, retry: { enabled: true, max_retries: 1_000_000 } },
    });
    expect(vl).toMatchObject({
      otlphttp: {
        sending_queue: queue,
        retry_on_failure: { enabled: true, max_elapsed_time: '0s' },
      },
    });
    expect(await agentConfig('small')).toMatchObject({
      receivers: {
        filelog: {
          storage: 'file_storage',
          start_at: 'beginning',
          retry_on_failure: { enabled: true, max_elapsed_time: '0s' },
        },
      },
      service: { extensions: ['health_check', 'file_storage'] },
    });
  });

  test('writes to the store over TLS that it verifies, with secrets from its environment', async () => {
    expect(await agentConfig('large')).toHaveProperty(
      'exporters.elasticsearch',
      expect.objectContaining({
        endpoints: ['https://large-store-es-http.logs.svc:9200'],
        tls: { ca_file: '/etc/otelcol/ca.crt' },
        user: `\${env:LOGS_USERNAME}`,
        password: `\${env:LOGS_PASSWORD}`,
      }),
    );
    expect(await agentConfig('small')).toHaveProperty(
      'exporters.otlphttp',
      expect.objectContaining({
        logs_endpoint: 'https://small-store.logs.svc:9428/insert/opentelemetry/v1/logs',
        tls: { ca_file: '/etc/otelcol/ca.crt' },
      }),
    );
    const login = await recorder.child('small-agent-login');
    expect(login.secretPaths).toEqual(['stringData']);
    expect(
      all.filter(({ type }) => type.endsWith(':ConfigMap')).flatMap((one) => one.secretPaths),
    ).toEqual([]);
  });

  test('does not read its own lines, which would never end', async () => {
    expect(await agentConfig('large')).toHaveProperty('receivers.filelog.exclude', [
      '/var/log/pods/agents_large-agent-*/*/*.log',
    ]);
  });

  test('every part that a pipeline or a part names is configured', async () => {
    for (const stack of ['large', 'small']) {
      const config = (await agentConfig(stack)) as Record<string, Json> & {
        service: { extensions: string[]; pipelines: { logs: Record<string, string[]> } };
      };
      const { extensions, pipelines } = config.service;
      for (const [kind, names] of Object.entries({ extensions, ...pipelines.logs })) {
        expect(names.length).toBeGreaterThan(0);
        for (const name of names) expect(Object.keys(config[kind] ?? {})).toContain(name);
      }
      // Every variable that the Collector expands is one that the pod sets.
      const text = JSON.stringify(config).replaceAll('$$', '');
      const variables = [...text.matchAll(/\$\{env:(\w+)\}/g)].map(([, name]) => name);
      expect(text.split('$').length - 1).toBe(variables.length);
      const [container] = podOf(await inputs(`${stack}-agent-agents`)).containers;
      const set = (container?.['env'] as { name: string }[]).map(({ name }) => name);
      expect(set).toEqual(expect.arrayContaining(variables));
    }
  });

  test('sorts lines into kinds, errors last so that they win', () => {
    const config = collectorConfig({
      protocol: 'otlp',
      endpoint: 'https://logs',
      sources: { application: 'app', edge: 'edge' },
      own: 'x',
    }) as { receivers: { filelog: { operators: Json[] } } };
    const kinds = config.receivers.filelog.operators.filter(({ type }) => type === 'add');
    expect(kinds.map((one) => [one['value'], one['if']])).toEqual([
      ['system', undefined],
      ['application', 'resource["k8s.namespace.name"] == "app"'],
      ['access', 'resource["k8s.namespace.name"] == "edge" and attributes.RequestMethod != nil'],
      [
        'error',
        'attributes.level != nil and lower(string(attributes.level)) matches "^(50|60|error|fatal|panic|critical|alert|emergency)$$"',
      ],
    ]);
  });

  test('reads the files of the node and can change none but its own', async () => {
    const pod = podOf(await inputs('large-agent-agents'));
    const paths = pod.volumes.flatMap((volume) =>
      'hostPath' in volume ? [[volume['name'], (volume['hostPath'] as Json)['path']]] : [],
    );
    expect(paths).toEqual([
      ['pods', '/var/log/pods'],
      ['state', '/var/lib/agents/large-agent'],
    ]);
    expect(pod.containers[0]?.['volumeMounts']).toEqual([
      { name: 'pods', mountPath: '/var/log/pods', readOnly: true },
      { name: 'config', mountPath: '/etc/otelcol', readOnly: true },
      { name: 'state', mountPath: '/var/lib/otelcol' },
    ]);
  });

  test('has no token, no capability and nothing of the node but those files', async () => {
    const pod = podOf(await inputs('large-agent-agents'));
    expect(pod).toMatchObject({ automountServiceAccountToken: false });
    for (const field of ['hostNetwork', 'hostPID', 'hostIPC'])
      expect(pod).not.toHaveProperty(field);
    expect(pod.containers[0]?.['securityContext']).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
  });

  test('runs on every node, tells how it is, and is restarted when its settings change', async () => {
    const agents = await inputs('large-agent-agents');
    expect(podOf(agents)).toMatchObject({
      tolerations: [{ operator: 'Exists' }],
      containers: [
        {
          ports: [
            { name: 'metrics', containerPort: 8888 },
            { name: 'health', containerPort: 13133 },
          ],
          readinessProbe: { httpGet: { path: '/', port: 'health' } },
        },
      ],
    });
    expect(await agentConfig('large')).toMatchObject({
      extensions: { health_check: { endpoint: '0.0.0.0:13133' } },
      service: {
        telemetry: {
          metrics: {
            readers: [{ pull: { exporter: { prometheus: { host: '0.0.0.0', port: 8888 } } } }],
          },
        },
      },
    });
    expect(agents).toHaveProperty('spec.template.metadata.annotations', {
      'checksum/config': expect.stringMatching(/^[0-9a-f]{64}$/),
      'checksum/login': expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  test.each(['large', 'small'])(
    'of the stack %s comes after its store and the way to it',
    async (stack) => {
      const { dependencies, customTimeouts } = await recorder.child(`${stack}-agent-agents`);
      expect(dependencies).toEqual(
        expect.arrayContaining([`${stack}-agent-store-egress`, `${stack}-agent-store-ingress`]),
      );
      expect(customTimeouts?.create).toBe('5m');
      expect((await recorder.child(`${stack}-agent-config`)).dependencies).toContain(
        stack === 'large' ? 'large-store-setup' : 'small-store-server',
      );
    },
  );
});

const schemas = crdSchemas('eck');
const withSchemas = schemas === undefined ? test.skip : test;

describe('Elasticsearch', () => {
  withSchemas('the operator knows every field of its objects', () => {
    for (const kind of ['Elasticsearch', 'Kibana']) {
      const [object] = all.filter(({ type }) => type.endsWith(`/v1:${kind}`));
      const schema = schemas?.get(kind);
      if (schema === undefined || object === undefined) throw new Error(`no ${kind}`);
      expect(schemaProblems(schema, object.inputs, kind)).toEqual([]);
    }
  });

  test('keeps its volumes when the object goes, and needs no privileged container', async () => {
    expect(await inputs('large-store-cluster')).toMatchObject({
      spec: {
        version: '9.4.3',
        image: 'elasticsearch:9.4.3@sha256:1',
        volumeClaimDeletePolicy: 'DeleteOnScaledownOnly',
        nodeSets: [
          {
            count: 3,
            config: { 'node.store.allow_mmap': false },
            volumeClaimTemplates: [
              {
                metadata: { name: 'elasticsearch-data' },
                spec: { storageClassName: 'gp3', resources: { requests: { storage: '50Gi' } } },
              },
            ],
          },
        ],
      },
    });
  });

  test.each([
    ['large-store-cluster', 'spec.nodeSets.0.podTemplate.spec'],
    ['large-store-kibana', 'spec.podTemplate.spec'],
  ])('the pods of %s meet the restricted level and get no token', async (name, path) => {
    expect(await inputs(name)).toHaveProperty(`${path}.automountServiceAccountToken`, false);
    expect(await inputs(name)).toHaveProperty(
      `${path}.securityContext`,
      expect.objectContaining({
        runAsNonRoot: true,
        fsGroup: 1000,
        seccompProfile: { type: 'RuntimeDefault' },
      }),
    );
  });

  test('no two nodes share a machine, and zones are used evenly', async () => {
    expect(await inputs('large-store-cluster')).toHaveProperty(
      'spec.nodeSets.0.podTemplate.spec.topologySpreadConstraints',
      [
        expect.objectContaining({ topologyKey: 'topology.kubernetes.io/zone' }),
        expect.objectContaining({
          topologyKey: 'kubernetes.io/hostname',
          whenUnsatisfiable: 'DoNotSchedule',
        }),
      ],
    );
  });

  test('a cluster or a Kibana that does not come up ends the deployment', async () => {
    const waits = async (name: string) => {
      const { inputs: object, customTimeouts } = await recorder.child(name);
      const { annotations } = object['metadata'] as { annotations: Record<string, string> };
      return [annotations['pulumi.com/waitFor'], customTimeouts?.create];
    };
    expect(await waits('large-store-cluster')).toEqual(['jsonpath={.status.phase}=Ready', '15m']);
    expect(await waits('large-store-kibana')).toEqual(['jsonpath={.status.health}=green', '10m']);
    expect((await recorder.child('large-store-kibana')).dependencies).toContain(
      'large-store-cluster',
    );
  });

  test('is protected, and nothing else is: the rest keeps no line', () => {
    expect(all.filter(({ protect }) => protect).map(({ name }) => name)).toEqual([
      'large-store-cluster',
    ]);
  });

  test('comes after its operator and the open paths', async () => {
    const { dependencies } = await recorder.child('large-store-cluster');
    expect(dependencies).toEqual(
      expect.arrayContaining(['operator', 'large-store-nodes-egress', 'large-store-roles']),
    );
  });

  test('agents may add lines and nothing else; nobody is given the administrator', async () => {
    const { stringData } = (await inputs('large-store-roles')) as {
      stringData: Record<string, string>;
    };
    const roles = JSON.parse(stringData['roles.yml'] ?? '') as Record<string, Json>;
    expect(roles['saas_collector']).toEqual({
      cluster: ['monitor'],
      indices: [{ names: ['logs-*.otel-*'], privileges: ['auto_configure', 'create_doc'] }],
    });
    expect(JSON.stringify(roles)).not.toMatch(/"all"|superuser/);
    expect(await inputs('large-store-cluster')).toHaveProperty('spec.auth', {
      roles: [{ secretName: 'large-store-roles' }],
      fileRealm: ['collector', 'setup', 'traces'].map((user) => ({
        secretName: `large-store-user-${user}`,
      })),
    });
    const user = await recorder.child('large-store-user-collector-secret');
    expect(user.inputs).toMatchObject({
      type: 'kubernetes.io/basic-auth',
      stringData: { username: 'collector', roles: 'saas_collector' },
    });
    expect(user.secretPaths).toEqual(['stringData']);
  });

  test('snapshots are signed with a token that only S3 takes', async () => {
    const { containers, volumes, serviceAccountName } = (
      (await inputs('large-store-cluster')) as never as {
        spec: {
          nodeSets: [{ podTemplate: { spec: Json & { containers: Json[]; volumes: Json[] } } }];
        };
      }
    ).spec.nodeSets[0].podTemplate.spec;
    expect(serviceAccountName).toBe('large-store');
    const folder = '/usr/share/elasticsearch/config/repository-s3';
    expect(containers[0]).toMatchObject({
      env: [
        { name: 'AWS_ROLE_ARN', value: 'role of large-store below elasticsearch' },
        { name: 'AWS_ROLE_SESSION_NAME', value: 'large-store' },
        {
          name: 'AWS_WEB_IDENTITY_TOKEN_FILE',
          value: `${folder}/aws-web-identity-token-file`,
        },
        { name: 'AWS_REGION', value: 'eu-central-1' },
      ],
      volumeMounts: [{ name: 'identity', mountPath: folder, readOnly: true }],
    });
    expect(volumes[0]).toHaveProperty('projected.sources.0.serviceAccountToken', {
      audience: 'sts.amazonaws.com',
      expirationSeconds: 3600,
      path: 'aws-web-identity-token-file',
    });
  });

  test('only the operator, Kibana, the settings and the agents reach it; it reaches S3', async () => {
    const paths = ['store-clients', 'store-nodes', 'store-snapshots', 'agent-store'];
    const traffic = await Promise.all(paths.map((path) => recorder.child(`large-${path}`)));
    const opened = all.filter(({ type }) => type === 'saas:network:AllowTraffic');
    expect(opened.filter(({ name }) => name.startsWith('large-'))).toHaveLength(paths.length);
    const labels = (peers: unknown) =>
      (peers as Json[]).map((peer) => peer['labels'] ?? peer['cidr']);
    const nodes = {
      'common.k8s.elastic.co/type': 'elasticsearch',
      'elasticsearch.k8s.elastic.co/cluster-name': 'large-store',
    };
    expect(
      traffic.map(({ inputs: { from, to, ports } }) => [labels(from), labels(to), ports]),
    ).toEqual([
      [
        [
          { app: 'operator' },
          {
            'common.k8s.elastic.co/type': 'kibana',
            'kibana.k8s.elastic.co/name': 'large-store',
          },
          {
            'app.kubernetes.io/name': 'elasticsearch-setup',
            'app.kubernetes.io/instance': 'large-store',
          },
        ],
        [nodes],
        [{ protocol: 'TCP', port: 9200 }],
      ],
      [[nodes], [nodes], [{ protocol: 'TCP', port: 9300 }]],
      [[nodes], ['10.0.0.0/16'], [{ protocol: 'TCP', port: 443 }]],
      [
        [
          {
            'app.kubernetes.io/name': 'log-agent',
            'app.kubernetes.io/instance': 'large-agent',
          },
        ],
        [nodes],
        [{ protocol: 'TCP', port: 9200 }],
      ],
    ]);
  });

  test('people search at Kibana', async () => {
    expect(await value(large.url)).toBe('https://large-store-kb-http.logs.svc:5601');
    expect(large.traces?.username).toBe('traces');
  });

  test('an image without a version is refused', () => {
    expect(() => imageVersion('logs.image', 'elasticsearch:latest')).toThrow(
      'logs.image: the tag of "elasticsearch:latest" is no version. Write it like ":9.4.3".',
    );
  });
});

describe('the settings of Elasticsearch', () => {
  test('lines go after 30 days, errors after 90, each kind in a stream of its own', () => {
    const documents = elasticsearchSettings(settings);
    const body = (path: string) => documents.find((one) => one.path === path)?.body;
    expect(body('/_ilm/policy/saas-logs')).toHaveProperty('policy.phases.delete.min_age', '30d');
    expect(body('/_ilm/policy/saas-errors')).toHaveProperty('policy.phases.delete.min_age', '90d');
    const policies = ['application', 'access', 'error', 'system'].map((kind) => {
      const template = body(`/_index_template/saas-logs-${kind}`) as Json;
      expect(template).toMatchObject({
        index_patterns: [`logs-${kind}.otel-*`],
        priority: 200,
        data_stream: {},
      });
      return (template as { template: { settings: { index: { lifecycle: Json } } } }).template
        .settings.index.lifecycle['name'];
    });
    expect(policies).toEqual(['saas-logs', 'saas-logs', 'saas-errors', 'saas-logs']);
  });

  test('a snapshot is made each night and kept as long as a backup', () => {
    const documents = elasticsearchSettings(settings);
    // Its repository must be there first.
    expect(documents.slice(-2)).toEqual([
      {
        path: '/_snapshot/saas-platform',
        body: {
          type: 's3',
          settings: { bucket: 'backups', base_path: 'elasticsearch', client: 'default' },
        },
      },
      {
        path: '/_slm/policy/saas-nightly',
        body: {
          schedule: '0 0 2 * * ?',
          name: '<nightly-{now/d}>',
          repository: 'saas-platform',
          config: { include_global_state: true },
          retention: { expire_after: '14d', min_count: 3 },
        },
      },
    ]);
  });

  test.each([
    ['0 2 * * *', '0 0 2 * * ?'],
    ['*/15 2 1,15 * *', '0 */15 2 1,15 * ?'],
    ['0 2 * * 0', '0 0 2 ? * SUN'],
    ['0 2 * * 1-5', '0 0 2 ? * MON-FRI'],
    ['0 2 * * */2', '0 0 2 ? * */2'],
  ])('%s is written as %s', (unix, elastic) => {
    expect(elasticsearchCron(unix)).toBe(elastic);
  });

  test('a schedule with both kinds of days is refused', () => {
    expect(() => elasticsearchCron('0 2 1 * 1')).toThrow(
      'backup.schedule: "0 2 1 * 1" names days of the month and of the week. Elasticsearch takes one of them: drop one.',
    );
  });

  test('are brought by a Job of their own name, with the least rights, until a deadline', async () => {
    const job = await recorder.child('large-store-setup');
    const pod = podOf(job.inputs);
    expect(job.inputs).toHaveProperty(
      'metadata.name',
      expect.stringMatching(/^large-store-setup-[0-9a-f]{10}$/),
    );
    expect(job.deleteBeforeReplace).toBe(true);
    expect(job.customTimeouts?.create).toBe('10m');
    expect(pod).toMatchObject({
      automountServiceAccountToken: false,
      restartPolicy: 'Never',
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [
        {
          command: ['/usr/local/bin/node', '/scripts/apply-settings.mts'],
          args: ['/scripts/settings.json', 'https://large-store-es-http.logs.svc:9200', '240'],
        },
      ],
    });
    expect(JSON.stringify(pod.containers[0]?.['env'])).toContain('large-store-user-setup');
  });
});

describe('the script that brings the settings', () => {
  let server: Server;
  afterEach(() => {
    server.close();
  });

  /** Runs the script as the Job does; `answer` gives the status of the n-th request. */
  async function run(answer: (count: number) => number) {
    const seen: string[] = [];
    server = createServer((request: IncomingMessage, response) => {
      const { method = '', url = '', headers } = request;
      seen.push(`${method} ${url} ${headers.authorization ?? ''}`);
      response.writeHead(answer(seen.length)).end('{"error":"because"}');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const file = join(mkdtempSync(join(tmpdir(), 'settings-')), 'settings.json');
    writeFileSync(
      file,
      JSON.stringify([
        { path: '/_ilm/policy/a', body: {} },
        { path: '/b', body: {} },
      ]),
    );
    const script = 'components/logging/scripts/apply-settings.ts';
    const child = spawn(process.execPath, [script, file, `http://127.0.0.1:${port}`, '30'], {
      env: { LOGIN_USERNAME: 'setup', LOGIN_PASSWORD: 'secret' },
    });
    let output = '';
    child.stdout.on('data', (data: Buffer) => (output += data.toString()));
    child.stderr.on('data', (data: Buffer) => (output += data.toString()));
    const code = await new Promise((resolve) => child.on('close', resolve));
    return { seen, output, code };
  }

  test('puts each in its order, again when the server is not ready, as its user', async () => {
    const { seen, code } = await run((count) => (count === 1 ? 503 : 200));
    const login = `Basic ${Buffer.from('setup:secret').toString('base64')}`;
    expect(seen).toEqual([
      `PUT /_ilm/policy/a ${login}`,
      `PUT /_ilm/policy/a ${login}`,
      `PUT /b ${login}`,
    ]);
    expect(code).toBe(0);
  }, 60_000);

  test('says which one is refused and why, and ends', async () => {
    const { seen, output, code } = await run(() => 400);
    expect(seen).toHaveLength(1);
    expect(output).toContain('/_ilm/policy/a: status 400: {"error":"because"}');
    expect(output).not.toContain('secret');
    expect(code).toBe(1);
  }, 60_000);
});

describe('VictoriaLogs', () => {
  test('listens on TLS with a password, keeps days and not more than its volume', async () => {
    const [container] = podOf(await inputs('small-store-server')).containers;
    expect(container?.['args']).toEqual([
      '-httpListenAddr=:9428',
      '-storageDataPath=/data',
      '-retentionPeriod=7d',
      '-retention.maxDiskUsagePercent=80',
      '-tls',
      '-tlsCertFile=/tls/tls.crt',
      '-tlsKeyFile=/tls/tls.key',
      '-httpAuth.username=logs',
      '-httpAuth.password=file:///login/password',
      '-loggerFormat=json',
    ]);
    expect(container).toMatchObject({
      readinessProbe: { httpGet: { path: '/health', port: 'https', scheme: 'HTTPS' } },
    });
    expect(await value(small.url)).toBe('https://small-store.logs.svc:9428');
    expect(small.traces).toBeUndefined();
  });

  test('meets the restricted level and gets no token', async () => {
    const pod = podOf(await inputs('small-store-server'));
    expect(pod).toMatchObject({
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    });
    expect(pod.containers[0]?.['securityContext']).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
  });

  test('takes lines from its agents and from nobody else', () => {
    const traffic = all.filter(
      ({ type, name }) => type === 'saas:network:AllowTraffic' && name.startsWith('small-'),
    );
    expect(traffic.map(({ inputs: { from, to, ports } }) => [from, to, ports])).toMatchObject([
      [
        [{ labels: { 'app.kubernetes.io/instance': 'small-agent' } }],
        [{ labels: { 'app.kubernetes.io/instance': 'small-store' } }],
        [{ protocol: 'TCP', port: 9428 }],
      ],
    ]);
  });
});
