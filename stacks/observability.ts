import type * as pulumi from '@pulumi/pulumi';

import type { BackupTarget } from '../components/backup/backup-access.ts';
import type { CertificateAuthority } from '../components/certificates/certificate-authority.ts';
import type { ContainerResources } from '../components/container-resources.ts';
import { ConfigError } from '../components/errors.ts';
import type { ElasticsearchStoreArgs } from '../components/logging/elasticsearch-store.ts';
import { LogStack, type LogStackArgs } from '../components/logging/log-stack.ts';
import type { VictoriaLogsStoreArgs } from '../components/logging/victoria-logs-store.ts';
import { MetricStack, type MetricStackArgs } from '../components/metrics/metric-stack.ts';
import {
  PlatformNamespace,
  type PlatformNamespaceArgs,
} from '../components/namespace/platform-namespace.ts';
import {
  ElasticOperator,
  type ElasticOperatorArgs,
} from '../components/operators/elastic-operator.ts';
import { Tracing } from '../components/tracing/tracing.ts';

/**
 * Names are fixed, as those of the other layers. Agents read the disks of their node, which Pod
 * Security allows to a whole namespace or to none of its pods: hence one for them alone.
 */
const NAMESPACES = {
  observability: { name: 'saas-observability', podSecurity: 'restricted' },
  agents: { name: 'saas-node-agents', podSecurity: 'privileged' },
} as const;

type NamespaceKey = keyof typeof NAMESPACES;

/** Elasticsearch and Kibana by the ECK operator. */
export interface ElasticsearchLogs extends Pick<
  ElasticsearchStoreArgs,
  'images' | 'nodes' | 'storage' | 'resources' | 'kibana' | 'retention'
> {
  readonly engine: 'elasticsearch';
  /** Image of the ECK operator as `name:tag@sha256:…`. */
  readonly operatorImage: string;
}

/** One small server. */
export interface VictoriaLogs extends Pick<
  VictoriaLogsStoreArgs,
  'image' | 'storage' | 'resources' | 'retentionDays'
> {
  readonly engine: 'victorialogs';
}

export interface ObservabilityArgs {
  /** Ceiling of each namespace. */
  readonly namespaces: Readonly<Record<NamespaceKey, PlatformNamespaceArgs['quota']>>;
  /** Namespace of the operators, their manifests, and where they reach the Kubernetes API. */
  readonly operators: Pick<ElasticOperatorArgs, 'namespace' | 'manifests' | 'apiServer' | 'lock'>;
  readonly authority: CertificateAuthority;
  /** Namespaces whose lines are those of the application and of the edge. */
  readonly sources: LogStackArgs['agent']['sources'];
  /** Bucket of the snapshots of Elasticsearch, and when and for how long they are made. */
  readonly backup: {
    readonly target: BackupTarget;
    readonly schedule: string;
    readonly retentionDays: number;
  };
  /** Lines of every container. Default: they stay on the nodes. */
  readonly logs?: (ElasticsearchLogs | VictoriaLogs) & {
    readonly agent: {
      readonly image: pulumi.Input<string>;
      readonly resources: ContainerResources;
    };
  };
  /** Jaeger, and where it keeps spans. Default: no traces. */
  readonly traces?: {
    readonly image: pulumi.Input<string>;
    readonly resources: ContainerResources;
  } & (
    | {
        /** Beside the lines, hence only with that engine. */
        readonly backend: 'elasticsearch';
        readonly replicas: number;
        readonly retentionDays: number;
        /** Image with Node.js 24, which deletes old spans. */
        readonly nodeImage: pulumi.Input<string>;
      }
    | { readonly backend: 'memory'; readonly maxTraces: number }
  );
  /** Storage class of all volumes. Default: the cluster's. */
  readonly storageClass?: string;
  /** DNS domain of the cluster. Default: `cluster.local`. */
  readonly clusterDomain?: string;
  /** Default: nothing is measured. */
  readonly metrics?: Omit<MetricStackArgs, 'namespace' | 'agentsNamespace'>;
  /** Refuse to delete the namespaces, and with them what was recorded. */
  readonly protect: boolean;
}

export interface ObservabilityOutputs {
  /** Each resolves once nothing but name resolution is open in it. */
  readonly namespaces: Readonly<Record<NamespaceKey, pulumi.Output<string>>>;
  /** Where people search lines. Default: none, lines are not collected. */
  readonly logs: LogStack | undefined;
  /** Where the application sends spans. Default: none. */
  readonly traces: Tracing | undefined;
  /** Absent where nothing is measured. */
  readonly metrics: MetricStack | undefined;
}

/** Logs, metrics and traces of everything below and above. */
export function observability(
  args: ObservabilityArgs,
  opts?: pulumi.ComponentResourceOptions,
): ObservabilityOutputs {
  const namespaces = createNamespaces(args, opts);
  const logs = logStack(args, namespaces, opts);
  return {
    namespaces,
    logs,
    traces: tracing(args, namespaces.observability, logs, opts),
    metrics: metricStack(args, namespaces, opts),
  };
}

function metricStack(
  { metrics }: ObservabilityArgs,
  { observability: namespace, agents: agentsNamespace }: ObservabilityOutputs['namespaces'],
  opts?: pulumi.ComponentResourceOptions,
): MetricStack | undefined {
  if (metrics === undefined) return undefined;
  return new MetricStack('metrics', { ...metrics, namespace, agentsNamespace }, opts);
}

function logStack(
  args: ObservabilityArgs,
  namespaces: ObservabilityOutputs['namespaces'],
  opts?: pulumi.ComponentResourceOptions,
): LogStack | undefined {
  if (args.logs === undefined) return undefined;
  const { agent: settings, ...logs } = args.logs;
  const agent = { ...settings, namespace: namespaces.agents, sources: args.sources };
  const common = {
    namespace: namespaces.observability,
    authority: args.authority,
    ...(args.storageClass === undefined ? {} : { storageClass: args.storageClass }),
    ...(args.clusterDomain === undefined ? {} : { clusterDomain: args.clusterDomain }),
  };
  switch (logs.engine) {
    case 'victorialogs':
      return new LogStack('logs', { store: { ...common, ...logs }, agent }, opts);
    case 'elasticsearch': {
      const { operatorImage, ...engine } = logs;
      const operator = new ElasticOperator(
        'elastic-operator',
        { ...args.operators, image: operatorImage, protectDefinitions: args.protect },
        opts,
      );
      const { backup, protect } = args;
      const store = { ...common, ...engine, operator, backup, protectData: protect };
      return new LogStack('logs', { store, agent }, opts);
    }
  }
}

function tracing(
  { authority, clusterDomain, traces, logs: settings }: ObservabilityArgs,
  namespace: pulumi.Output<string>,
  logs: LogStack | undefined,
  opts?: pulumi.ComponentResourceOptions,
): Tracing | undefined {
  if (traces === undefined) return undefined;
  const common = {
    namespace,
    authority,
    image: traces.image,
    resources: traces.resources,
    ...(clusterDomain === undefined ? {} : { clusterDomain }),
  };
  if (traces.backend === 'memory') {
    const backend = { kind: 'memory', maxTraces: traces.maxTraces } as const;
    return new Tracing('traces', { ...common, replicas: 1, backend }, opts);
  }
  const access = logs?.traces;
  if (access === undefined || settings?.engine !== 'elasticsearch') {
    const problem = 'elasticsearch is there only with the log engine of that name.';
    throw new ConfigError('observability.traces.backend', problem);
  }
  const backend = {
    kind: 'elasticsearch',
    access,
    copies: settings.nodes > 1 ? 1 : 0,
    retentionDays: traces.retentionDays,
    nodeImage: traces.nodeImage,
  } as const;
  return new Tracing('traces', { ...common, replicas: traces.replicas, backend }, opts);
}

function createNamespaces(
  { namespaces, protect }: ObservabilityArgs,
  opts?: pulumi.ComponentResourceOptions,
): ObservabilityOutputs['namespaces'] {
  const create = (key: NamespaceKey) =>
    new PlatformNamespace(key, { ...NAMESPACES[key], quota: namespaces[key] }, { ...opts, protect })
      .namespace;
  return { observability: create('observability'), agents: create('agents') };
}
