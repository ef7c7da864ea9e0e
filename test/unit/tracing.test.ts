import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { beforeAll, expect, test } from '@jest/globals';
import * as pulumi from '@pulumi/pulumi';

import { CertificateAuthority } from '../../components/certificates/certificate-authority.ts';
import { Peer } from '../../components/network/peer.ts';
import { Tracing, type TracingArgs } from '../../components/tracing/tracing.ts';
import { mockPulumi, value, type Recorder } from './support/mocks.ts';

type Json = Record<string, unknown>;

let recorder: Recorder;
let args: TracingArgs;
let kept: Tracing;

beforeAll(async () => {
  recorder = await mockPulumi();
  const authority = new CertificateAuthority('authority', { commonName: 'test' });
  args = {
    namespace: 'watch',
    image: 'jaeger:2@sha256:1',
    authority,
    replicas: 1,
    resources: {
      requests: { cpu: '100m', memory: '256Mi' },
      limits: { cpu: '1', memory: '512Mi' },
    },
    backend: { kind: 'memory', maxTraces: 1000 },
  };
  const access = {
    url: pulumi.output('https://logs-es-http.watch.svc:9200'),
    username: 'traces',
    password: pulumi.secret('password'),
    caPem: authority.certificatePem,
    peer: Peer.pods('watch', { app: 'elasticsearch' }),
  };
  new Tracing('brief', args);
  kept = new Tracing('kept', {
    ...args,
    replicas: 2,
    backend: {
      kind: 'elasticsearch',
      access,
      copies: 1,
      retentionDays: 14,
      nodeImage: 'app:1@sha256:1',
    },
  });
  await recorder.all();
});

async function config(name: string): Promise<Record<string, Json>> {
  const { inputs } = await recorder.child(`${name}-config`);
  const { data } = inputs as { data: Record<string, string> };
  return JSON.parse(data['config.json'] ?? '') as Record<string, Json>;
}

async function pod(name: string, path = 'template'): Promise<Json & { containers: Json[] }> {
  const { inputs } = await recorder.child(name);
  const at = path.split('.').reduce<Json>((node, key) => node[key] as Json, inputs['spec'] as Json);
  return at['spec'] as Json & { containers: Json[] };
}

test('programs send spans to an address that they can verify', async () => {
  expect(await value(kept.access.endpoint)).toBe('https://kept.watch.svc:4318');
  expect(await config('kept')).toHaveProperty('receivers.otlp.protocols', {
    http: {
      endpoint: '0.0.0.0:4318',
      tls: { cert_file: '/tls/tls.crt', key_file: '/tls/tls.key' },
    },
  });
  expect((await recorder.child('kept-service')).dependencies).toContain('kept-server');
});

test('spans lie in Elasticsearch, with a login that is in no ConfigMap', async () => {
  expect(await config('kept')).toHaveProperty('extensions.jaeger_storage.backends.spans', {
    elasticsearch: expect.objectContaining({
      server_urls: ['https://logs-es-http.watch.svc:9200'],
      auth: {
        basic: { username: `\${env:STORE_USERNAME}`, password: `\${env:STORE_PASSWORD}` },
      },
      tls: { ca_file: '/etc/jaeger/ca.crt' },
    }),
  });
  expect((await recorder.child('kept-config')).secretPaths).toEqual([]);
  expect((await recorder.child('kept-login')).secretPaths).toEqual(['stringData']);
});

test('small installations keep as many as they say, in memory', async () => {
  expect(await config('brief')).toHaveProperty('extensions.jaeger_storage.backends.spans', {
    memory: { max_traces: 1000 },
  });
  const names = (await recorder.all()).map(({ name }) => name);
  expect(names.filter((name) => /^brief-(login|store|retention)/.test(name))).toEqual([]);
});

test('every part that a pipeline or a part names is configured', async () => {
  for (const name of ['brief', 'kept']) {
    const { service, ...parts } = (await config(name)) as Record<string, Json> & {
      service: { extensions: string[]; pipelines: { traces: Record<string, string[]> } };
    };
    for (const [kind, names] of Object.entries({
      extensions: service.extensions,
      ...service.pipelines.traces,
    })) {
      expect(names.length).toBeGreaterThan(0);
      for (const part of names) expect(Object.keys(parts[kind] ?? {})).toContain(part);
    }
  }
});

test.each([
  ['kept-server', 'template'],
  ['kept-retention', 'jobTemplate.spec.template'],
])('the pods of %s meet the restricted level and get no token', async (name, path) => {
  const found = await pod(name, path);
  expect(found).toMatchObject({
    automountServiceAccountToken: false,
    securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
  });
  expect(found.containers[0]?.['securityContext']).toEqual({
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] },
  });
});

test('a server that does not answer gets no spans, and one that hangs is restarted', async () => {
  expect((await pod('kept-server')).containers[0]).toMatchObject({
    readinessProbe: { httpGet: { path: '/status', port: 'health' } },
    livenessProbe: { httpGet: { path: '/status', port: 'health' } },
  });
  expect(await config('kept')).toHaveProperty(
    'extensions.healthcheckv2.http.endpoint',
    '0.0.0.0:13133',
  );
  expect((await recorder.child('kept-server')).customTimeouts?.create).toBe('5m');
});

test('Jaeger and what deletes old spans reach Elasticsearch and nothing else', async () => {
  const traffic = (await recorder.all()).filter(({ type }) => type === 'saas:network:AllowTraffic');
  expect(traffic.map(({ inputs: { from, to, ports } }) => [from, to, ports])).toMatchObject([
    [
      [
        { labels: { 'app.kubernetes.io/name': 'jaeger' } },
        { labels: { 'app.kubernetes.io/name': 'jaeger-retention' } },
      ],
      [{ labels: { app: 'elasticsearch' } }],
      [{ protocol: 'TCP', port: 9200 }],
    ],
  ]);
  expect((await recorder.child('kept-server')).dependencies).toContain('kept-store-egress');
});

test('two pods that keep spans in memory are refused', () => {
  expect(() => new Tracing('brief', { ...args, replicas: 2 })).toThrow(
    'brief.replicas: 2 pods could not share what they keep in memory. Set it to 1.',
  );
});

test('old spans are deleted each night, younger ones are not', async () => {
  expect((await pod('kept-retention', 'jobTemplate.spec.template')).containers[0]).toMatchObject({
    args: ['https://logs-es-http.watch.svc:9200', 'jaeger-*', '14'],
  });
  const day = 86_400_000;
  const deleted: string[] = [];
  const server = createServer(({ method = '', url = '' }, response) => {
    if (method === 'DELETE') deleted.push(url);
    const made = (days: number) => String(Date.now() - days * day);
    response.end(
      JSON.stringify([
        { index: 'jaeger-span-old', 'creation.date': made(15) },
        { index: 'jaeger-span-new', 'creation.date': made(13) },
      ]),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const run = (days: string) =>
    new Promise((resolve) => {
      const script = 'components/logging/scripts/delete-old-indices.ts';
      const child = spawn(process.execPath, [script, `http://127.0.0.1:${port}`, 'jaeger-*', days]);
      child.on('close', resolve);
    });
  const codes = await Promise.all([run('14'), run('')]);
  server.close();
  expect(codes).toEqual([0, 1]);
  expect(deleted).toEqual(['/jaeger-span-old']);
}, 60_000);
