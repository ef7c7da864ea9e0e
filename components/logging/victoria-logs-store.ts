import * as k8s from '@pulumi/kubernetes';
import * as pulumi from '@pulumi/pulumi';
import * as random from '@pulumi/random';

import type { CertificateAuthority } from '../certificates/certificate-authority.ts';
import { checksum } from '../checksum.ts';
import type { ContainerResources } from '../container-resources.ts';
import { labels, selector } from '../labels.ts';
import { Peer } from '../network/peer.ts';
import { Port } from '../network/port.ts';
import { serviceNames } from '../service-names.ts';
import { volumeClaim } from '../volume-claim.ts';
import type { LogSink, LogStore } from './log-sink.ts';
import { victoriaLogsPod } from './victoria-logs-pod.ts';

const COMPONENT = 'victoria-logs';
const USERNAME = 'logs';

export interface VictoriaLogsStoreArgs {
  /** Namespace of the store. Its default-deny policy must exist first. */
  readonly namespace: pulumi.Input<string>;
  /** VictoriaLogs image. */
  readonly image: pulumi.Input<string>;
  readonly authority: CertificateAuthority;
  /** Volume of the store, such as `5Gi`. */
  readonly storage: string;
  /** Default: the storage class of the cluster. */
  readonly storageClass?: string;
  /** Days that a line is kept; older ones are refused. */
  readonly retentionDays: number;
  readonly resources: ContainerResources;
  /** DNS domain of the cluster. Default: `cluster.local`. */
  readonly clusterDomain?: string;
}

/** Logs on one server and one volume: searchable, small, and gone with its disk. */
export class VictoriaLogsStore extends pulumi.ComponentResource implements LogStore {
  /** For the agents. Resolves once the server answers. */
  readonly sink: LogSink;
  /** `https://host:port`; queries go to `/select/logsql/query`, people to `/select/vmui`. */
  readonly url: pulumi.Output<string>;

  constructor(name: string, args: VictoriaLogsStoreArgs, opts?: pulumi.ComponentResourceOptions) {
    super('saas:logging:VictoriaLogsStore', name, args, opts);
    const { namespace, authority, storage, storageClass } = args;
    const parent = { parent: this };
    const metadata = (objectName = name) => ({
      name: objectName,
      namespace,
      labels: labels(name, COMPONENT),
    });
    const host = pulumi.interpolate`${name}.${namespace}.svc`;

    const password = new random.RandomPassword(
      `${name}-password`,
      { length: 32, special: false },
      parent,
    ).result;
    const login = new k8s.core.v1.Secret(
      `${name}-login`,
      { metadata: metadata(`${name}-login`), stringData: { username: USERNAME, password } },
      parent,
    );
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
    const service = new k8s.core.v1.Service(
      `${name}-service`,
      {
        // The pod, which is awaited, comes after it.
        metadata: { ...metadata(), annotations: { 'pulumi.com/skipAwait': 'true' } },
        spec: {
          selector: selector(name, COMPONENT),
          ports: [{ name: 'https', port: Port.victoriaLogs.port, targetPort: 'https' }],
        },
      },
      parent,
    );
    const server = new k8s.apps.v1.StatefulSet(
      `${name}-server`,
      {
        metadata: metadata(),
        spec: {
          serviceName: service.metadata.name,
          replicas: 1,
          selector: { matchLabels: selector(name, COMPONENT) },
          template: {
            metadata: {
              labels: labels(name, COMPONENT),
              annotations: {
                'checksum/certificate': certificate.checksum,
                'checksum/login': checksum(password),
              },
            },
            spec: victoriaLogsPod({
              image: args.image,
              retentionDays: args.retentionDays,
              resources: args.resources,
              username: USERNAME,
              login: login.metadata.name,
              certificate: certificate.secretName,
            }),
          },
          volumeClaimTemplates: [
            {
              metadata: { name: 'data' },
              spec: volumeClaim(storage, storageClass),
            },
          ],
        },
      },
      { ...parent, customTimeouts: { create: '3m', update: '3m' } },
    );

    // Through the server's name, which is known only once its pod is ready.
    this.url = pulumi
      .all([server.metadata.name, host])
      .apply(([, address]) => `https://${address}:${Port.victoriaLogs.port}`);
    this.sink = {
      protocol: 'otlp',
      endpoint: pulumi.interpolate`${this.url}/insert/opentelemetry/v1/logs`,
      username: USERNAME,
      password,
      caPem: authority.certificatePem,
      peer: Peer.pods(namespace, selector(name, COMPONENT)),
      port: Port.victoriaLogs,
    };
    this.registerOutputs({ url: this.url });
  }
}
