import type * as pulumi from '@pulumi/pulumi';

import type { ContainerResources } from '../container-resources.ts';
import type { Peer } from '../network/peer.ts';
import type { OperatorsLock } from '../operators/lock.ts';
import type { Notifications } from './notifications.ts';
import type { ScrapeTarget } from './scrape-target.ts';

export interface MetricStackArgs {
  /** Namespace of Prometheus, Alertmanager, Grafana and exporters; its default deny must exist. */
  readonly namespace: pulumi.Input<string>;
  /** Namespace of the operator. */
  readonly operatorNamespace: pulumi.Input<string>;
  /** Namespace of node_exporter, which reads the disks of its node. */
  readonly agentsNamespace: pulumi.Input<string>;
  /** Folder of the operators' manifests. */
  readonly manifests: string;
  /** Images as `name:tag@sha256:…`; the tags of Prometheus and Alertmanager are their releases. */
  readonly images: {
    readonly prometheusOperator: string;
    readonly configReloader: string;
    readonly prometheus: string;
    readonly alertmanager: string;
    readonly kubeStateMetrics: string;
    readonly nodeExporter: string;
    readonly blackboxExporter: string;
    readonly grafana: string;
  };
  readonly prometheus: {
    /** Each scrapes and evaluates everything, so that one may fail. */
    readonly replicas: number;
    /** How long series are kept, such as `15d`. */
    readonly retention: string;
    /** Series on disk at most, such as `40GB`; less than the volume. */
    readonly retentionSize: string;
    /** Volume of each replica. */
    readonly storage: string;
    readonly resources: ContainerResources;
  };
  readonly alertmanager: {
    /** Three agree on who notifies even when one is cut off. */
    readonly replicas: number;
    /** Volume of each replica: silences, and what was already sent. */
    readonly storage: string;
  };
  /** Storage class of all volumes. Default: the cluster's. */
  readonly storageClass?: string;
  /** Addresses and port of the API server behind its Service. */
  readonly apiServer: { readonly cidr: string; readonly port: number };
  /** Network of the nodes, where kubelets answer. */
  readonly nodes: string;
  /** What is scraped beside the stack's own parts. */
  readonly targets: readonly ScrapeTarget[];
  /** Other parts that alert rules need, such as `redis-backup`. Default: none. */
  readonly installed?: readonly string[];
  /** Addresses that are probed as an outsider would. Empty: no probes. */
  readonly probes: {
    readonly urls: readonly string[];
    /** Where they answer. */
    readonly to: readonly Peer[];
    /** Authority of their certificates, PEM. Default: the public ones. */
    readonly caPem?: pulumi.Input<string>;
    /** Whether the certificates are verified. Default: true; a staging authority is trusted by nobody. */
    readonly verify?: boolean;
  };
  readonly notifications: Notifications;
  /** Refuse to delete the definitions. */
  readonly protectDefinitions: boolean;
  /** Sources of the manifests. Default: the committed lock file. */
  readonly lock?: OperatorsLock;
}
