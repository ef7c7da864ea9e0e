import * as k8s from '@pulumi/kubernetes';
import * as pulumi from '@pulumi/pulumi';

import type { CertificateAuthority } from '../certificates/certificate-authority.ts';
import { checksum } from '../checksum.ts';
import type { ContainerResources } from '../container-resources.ts';
import { ConfigError } from '../errors.ts';
import { labels, selector } from '../labels.ts';
import type { ElasticsearchAccess } from '../logging/elasticsearch-access.ts';
import { AllowTraffic } from '../network/allow-traffic.ts';
import { Peer } from '../network/peer.ts';
import { Port } from '../network/port.ts';
import { serviceNames } from '../service-names.ts';
import { jaegerConfig, type JaegerBackend } from './jaeger-config.ts';
import { jaegerPod } from './jaeger-pod.ts';
import { traceRetention } from './trace-retention.ts';
import type { TracingAccess } from './tracing-access.ts';

const COMPONENT = 'jaeger';

export interface TracingArgs {
  /** Namespace of Jaeger. Its default-deny policy must exist first. */
  readonly namespace: pulumi.Input<string>;
  /** Jaeger 2 image. */
  readonly image: pulumi.Input<string>;
  readonly authority: CertificateAuthority;
  /** Jaeger pods: 1 with the backend `memory`, which they could not share. */
  readonly replicas: number;
  readonly resources: ContainerResources;
  /** Where spans are kept: beside the lines, or in memory until the pod ends. */
  readonly backend:
    | {
        readonly kind: 'elasticsearch';
        readonly access: ElasticsearchAccess;
        /** Copies of each span besides the first. */
        readonly copies: number;
        readonly retentionDays: number;
        /** Image with Node.js 24 as `/usr/local/bin/node`, which deletes what is older. */
        readonly nodeImage: pulumi.Input<string>;
      }
    | { readonly kind: 'memory'; readonly maxTraces: number };
  /** DNS domain of the cluster. Default: `cluster.local`. */
  readonly clusterDomain?: string;
}

/** Jaeger: takes spans by OTLP over TLS and shows the traces of requests. */
export class Tracing extends pulumi.ComponentResource {
  /** For the programs that send spans. */
  readonly access: TracingAccess;

  constructor(name: string, args: TracingArgs, opts?: pulumi.ComponentResourceOptions) {
    checkArgs(name, args);
    super('saas:tracing:Tracing', name, args, opts);
    const { namespace, authority, backend, replicas } = args;
    const parent = { parent: this };
    const metadata = (objectName = name) => ({
      name: objectName,
      namespace,
      labels: labels(name, COMPONENT),
    });
    const peer = Peer.pods(namespace, selector(name, COMPONENT));
    const host = pulumi.interpolate`${name}.${namespace}.svc`;

    const certificate = authority.issue(
      `${name}-certificate`,
      {
        namespace,
        secretName: `${name}-tls`,
        dnsNames: serviceNames(name, namespace, args.clusterDomain),
        usages: ['server auth'],
      },
      parent,
    );
    const config = new k8s.core.v1.ConfigMap(
      `${name}-config`,
      {
        metadata: metadata(`${name}-config`),
        // YAML is a superset of JSON.
        data: { 'config.json': configText(backend), 'ca.crt': authority.certificatePem },
      },
      parent,
    );
    const store = backend.kind === 'elasticsearch' ? storeOf(name, args, backend, parent) : [];
    const server = new k8s.apps.v1.Deployment(
      `${name}-server`,
      {
        metadata: metadata(),
        spec: {
          replicas,
          selector: { matchLabels: selector(name, COMPONENT) },
          template: {
            metadata: {
              labels: labels(name, COMPONENT),
              annotations: {
                'checksum/certificate': certificate.checksum,
                'checksum/config': checksum(config.data),
              },
            },
            spec: jaegerPod({
              image: args.image,
              resources: args.resources,
              config: config.metadata.name,
              certificate: certificate.secretName,
              matchLabels: selector(name, COMPONENT),
              ...(backend.kind === 'elasticsearch' ? { login: `${name}-login` } : {}),
            }),
          },
        },
      },
      { ...parent, dependsOn: store, customTimeouts: { create: '5m', update: '5m' } },
    );
    const service = new k8s.core.v1.Service(
      `${name}-service`,
      {
        // The Deployment is awaited; a Service would take ten more seconds to count as settled.
        metadata: { ...metadata(), annotations: { 'pulumi.com/skipAwait': 'true' } },
        spec: {
          selector: selector(name, COMPONENT),
          ports: [
            { name: 'otlp-http', port: Port.otlpHttp.port, targetPort: 'otlp-http' },
            { name: 'ui', port: Port.jaegerUi.port, targetPort: 'ui' },
          ],
        },
      },
      { ...parent, dependsOn: [server] },
    );

    this.access = {
      endpoint: pulumi
        .all([service.metadata.name, host])
        .apply(([, address]) => `https://${address}:${Port.otlpHttp.port}`),
      caPem: authority.certificatePem,
      peer,
    };
    this.registerOutputs({});
  }
}

type Elasticsearch = Extract<TracingArgs['backend'], { kind: 'elasticsearch' }>;

/** Login, open path and retention of a store in Elasticsearch. */
function storeOf(
  name: string,
  { namespace }: TracingArgs,
  { access, retentionDays, nodeImage }: Elasticsearch,
  parent: { readonly parent: pulumi.Resource },
): pulumi.Resource[] {
  const login = new k8s.core.v1.Secret(
    `${name}-login`,
    {
      metadata: { name: `${name}-login`, namespace, labels: labels(name, COMPONENT) },
      stringData: { username: access.username, password: access.password },
    },
    parent,
  );
  const retention = selector(name, `${COMPONENT}-retention`);
  const traffic = new AllowTraffic(
    `${name}-store`,
    {
      from: [Peer.pods(namespace, selector(name, COMPONENT)), Peer.pods(namespace, retention)],
      to: [access.peer],
      ports: [Port.elasticsearch],
      description: 'Jaeger keeps spans in Elasticsearch, and old ones are deleted there.',
    },
    parent,
  );
  traceRetention(
    name,
    {
      namespace,
      image: nodeImage,
      component: `${COMPONENT}-retention`,
      url: access.url,
      caPem: access.caPem,
      login: login.metadata.name,
      days: retentionDays,
    },
    { ...parent, dependsOn: [traffic] },
  );
  return [login, traffic];
}

function configText(backend: TracingArgs['backend']): pulumi.Output<string> {
  const text = (known: JaegerBackend) => JSON.stringify(jaegerConfig(known), undefined, 2);
  if (backend.kind === 'memory') return pulumi.output(text(backend));
  const { kind, access, copies } = backend;
  return access.url.apply((url) => text({ kind, url, copies }));
}

function checkArgs(name: string, { backend, replicas }: TracingArgs): void {
  if (backend.kind !== 'memory' || replicas === 1) return;
  throw new ConfigError(
    `${name}.replicas`,
    `${replicas} pods could not share what they keep in memory.`,
    'Set it to 1.',
  );
}
