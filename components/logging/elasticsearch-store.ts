import * as k8s from '@pulumi/kubernetes';
import * as pulumi from '@pulumi/pulumi';

import type { BackupTarget, RoleAccess } from '../backup/backup-access.ts';
import type { CertificateAuthority } from '../certificates/certificate-authority.ts';
import type { ContainerResources } from '../container-resources.ts';
import { ConfigError } from '../errors.ts';
import { labels } from '../labels.ts';
import { Peer } from '../network/peer.ts';
import { Port } from '../network/port.ts';
import { serviceNames } from '../service-names.ts';
import { elasticResource } from './elastic-resource.ts';
import { COMPONENT, type ElasticsearchAccess } from './elasticsearch-access.ts';
import { elasticsearchSettings, SNAPSHOT_FOLDER } from './elasticsearch-settings.ts';
import { elasticsearchLabels, elasticsearchSpec } from './elasticsearch-spec.ts';
import { elasticsearchTraffic } from './elasticsearch-traffic.ts';
import { elasticsearchUsers } from './elasticsearch-users.ts';
import { kibanaSpec } from './kibana-spec.ts';
import type { LogSink, LogStore } from './log-sink.ts';
import { settingsJob } from './settings-job.ts';

export interface ElasticsearchStoreArgs {
  /** Namespace of the store. Its default-deny policy must exist first. */
  readonly namespace: pulumi.Input<string>;
  /** Images by digest; the tags of the first two are the version. `node` has Node.js 24. */
  readonly images: {
    readonly elasticsearch: string;
    readonly kibana: string;
    readonly node: pulumi.Input<string>;
  };
  /** Signs the certificates of both servers. Between each other, nodes use the operator's own. */
  readonly authority: CertificateAuthority;
  /** The ECK operator, which must be there first, and its pods. */
  readonly operator: pulumi.Resource & { readonly peer: Peer };
  /** Nodes of the cluster. One keeps no copy of any line. */
  readonly nodes: 1 | 3;
  /** Volume of each node, such as `50Gi`. It grows but never shrinks. */
  readonly storage: string;
  /** Storage class of the volumes. Default: that of the cluster. */
  readonly storageClass?: string;
  /** Of each node. Half of the memory becomes the heap: request and limit of it should be equal. */
  readonly resources: ContainerResources;
  readonly kibana: {
    /** Kibana pods. */
    readonly replicas: number;
    readonly resources: ContainerResources;
  };
  /** Days that lines are kept, and those of errors. */
  readonly retention: { readonly days: number; readonly errorDays: number };
  /** Snapshots of every night. */
  readonly backup: {
    /** Amazon S3: with keys for another server, the store is refused. */
    readonly target: BackupTarget;
    /** Unix cron, five fields, UTC. */
    readonly schedule: string;
    readonly retentionDays: number;
  };
  /** Refuse to delete the Elasticsearch object, and with it every line. */
  readonly protectData: boolean;
  /** DNS domain of the cluster. Default: `cluster.local`. */
  readonly clusterDomain?: string;
}

/** Elasticsearch and Kibana by the ECK operator: retention by kind of line, snapshots to S3. */
export class ElasticsearchStore extends pulumi.ComponentResource implements LogStore {
  /** For the agents. Resolves once the cluster is ready and has its settings. */
  readonly sink: LogSink;
  /** For Jaeger: a user that keeps spans in indices of its own. */
  readonly traces: ElasticsearchAccess;
  /** `https://host:5601` of Kibana; users log in as the operator's `elastic` or one of yours. */
  readonly kibanaUrl: pulumi.Output<string>;

  constructor(name: string, args: ElasticsearchStoreArgs, opts?: pulumi.ComponentResourceOptions) {
    super('saas:logging:ElasticsearchStore', name, args, opts);
    const { namespace, images, authority, backup } = args;
    const parent = { parent: this };
    const users = elasticsearchUsers(name, namespace, parent);
    const access = snapshotAccess(name, args);
    const traffic = elasticsearchTraffic(name, { ...args, access }, parent);
    const operated = { ...parent, dependsOn: [args.operator, ...traffic] };
    const certificate = (service: string) => serving(name, service, args, parent);
    const account = new k8s.core.v1.ServiceAccount(
      `${name}-account`,
      {
        metadata: { name, namespace, labels: labels(name, COMPONENT) },
        automountServiceAccountToken: false,
      },
      parent,
    );
    const cluster = elasticResource(
      `${name}-cluster`,
      {
        apiVersion: 'elasticsearch.k8s.elastic.co/v1',
        kind: 'Elasticsearch',
        objectName: name,
        namespace,
        spec: elasticsearchSpec(name, {
          image: images.elasticsearch,
          nodes: args.nodes,
          storage: args.storage,
          ...(args.storageClass === undefined ? {} : { storageClass: args.storageClass }),
          resources: args.resources,
          certificate: certificate('es-http').secretName,
          auth: users.auth,
          serviceAccount: account.metadata.name,
          backup: access,
        }),
        waitFor: 'jsonpath={.status.phase}=Ready',
        deadline: '15m',
      },
      { ...operated, protect: args.protectData },
    );
    const kibana = elasticResource(
      `${name}-kibana`,
      {
        apiVersion: 'kibana.k8s.elastic.co/v1',
        kind: 'Kibana',
        objectName: name,
        namespace,
        spec: kibanaSpec(name, {
          image: images.kibana,
          ...args.kibana,
          elasticsearch: cluster.metadata.name,
          certificate: certificate('kb-http').secretName,
        }),
        waitFor: 'jsonpath={.status.health}=green',
        deadline: '10m',
      },
      operated,
    );
    const address = (service: string, after: pulumi.Output<unknown>, port: Port) =>
      pulumi
        .all([namespace, after])
        .apply(([space]) => `https://${name}-${service}.${space}.svc:${port.port}`);
    const url = address('es-http', cluster.metadata.name, Port.elasticsearch);
    const setup = settingsJob(
      name,
      {
        namespace,
        image: images.node,
        url,
        caPem: authority.certificatePem,
        login: users.secrets.setup,
        settings: backup.target.bucket.apply((bucket) =>
          elasticsearchSettings({
            retention: args.retention,
            replicas: args.nodes > 1 ? 1 : 0,
            backup: { bucket, schedule: backup.schedule, retentionDays: backup.retentionDays },
          }),
        ),
      },
      { ...parent, dependsOn: traffic },
    );

    const shared = {
      caPem: authority.certificatePem,
      peer: Peer.pods(namespace, elasticsearchLabels(name)),
    };
    const settled = address('es-http', setup.metadata.name, Port.elasticsearch);
    const login = (username: 'collector' | 'traces') => ({
      username,
      password: users.passwords[username],
    });
    this.sink = {
      protocol: 'elasticsearch',
      endpoint: settled,
      ...login('collector'),
      ...shared,
      port: Port.elasticsearch,
    };
    this.traces = { url: settled, ...login('traces'), ...shared };
    this.kibanaUrl = address('kb-http', kibana.metadata.name, Port.kibana);
    this.registerOutputs({ kibanaUrl: this.kibanaUrl });
  }
}

/** The role that writes snapshots, for the account that the pods run as. */
function snapshotAccess(name: string, { namespace, backup }: ElasticsearchStoreArgs): RoleAccess {
  const access = backup.target.accessFor({
    prefix: SNAPSHOT_FOLDER,
    serviceAccounts: [{ namespace, name }],
  });
  if (access.kind === 'role') return access;
  throw new ConfigError(`${name}.backup.target`, 'snapshots go to Amazon S3 only.');
}

/** A certificate with the names of a service that the operator makes. */
function serving(
  name: string,
  service: string,
  { authority, namespace, clusterDomain }: ElasticsearchStoreArgs,
  parent: { readonly parent: pulumi.Resource },
) {
  const host = `${name}-${service}`;
  return authority.issue(
    `${name}-${service}-certificate`,
    {
      namespace,
      secretName: `${host}-certificate`,
      dnsNames: serviceNames(host, namespace, clusterDomain),
      usages: ['server auth'],
    },
    parent,
  );
}
