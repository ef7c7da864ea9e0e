import type * as k8s from '@pulumi/kubernetes';
import type * as pulumi from '@pulumi/pulumi';

import { AllowTraffic } from '../network/allow-traffic.ts';
import type { Peer, PodPeer } from '../network/peer.ts';
import { Port } from '../network/port.ts';
import { monitoringObject } from './monitoring-object.ts';

/** Pods that Prometheus asks for their metrics. */
export interface ScrapeTarget {
  /** Label `job` of the series; alert rules select by it. Unique. */
  readonly job: string;
  readonly pods: PodPeer;
  /** Container port; the container must declare it. */
  readonly port: number;
  /** Default: `/metrics`. */
  readonly path?: string;
  /** Labels `namespace`, `pod` and `container` of the series win over those of the exporter. */
  readonly honorLabels?: boolean;
}

export interface ScrapeContext {
  /** Namespace of the monitors. */
  readonly namespace: pulumi.Input<string>;
  readonly prometheus: Peer;
  /** The operator's definitions. */
  readonly dependsOn: pulumi.Input<pulumi.Resource>[];
}

/** Tells Prometheus to scrape the target, and opens the path to it. */
export function scrape(
  name: string,
  target: ScrapeTarget,
  { namespace, prometheus, dependsOn }: ScrapeContext,
  parent: { readonly parent: pulumi.Resource },
): k8s.apiextensions.CustomResource {
  const { job, pods, port, path = '/metrics', honorLabels } = target;
  new AllowTraffic(
    `${name}-scrape-${job}`,
    {
      from: [prometheus],
      to: [pods],
      ports: [Port.tcp(port)],
      description: `Prometheus scrapes ${job}.`,
    },
    parent,
  );
  return monitoringObject(
    `${name}-target-${job}`,
    {
      kind: 'PodMonitor',
      objectName: job,
      namespace,
      spec: {
        selector: { matchLabels: pods.labels },
        namespaceSelector: { matchNames: [pods.namespace] },
        podMetricsEndpoints: [
          {
            portNumber: port,
            path,
            ...(honorLabels === undefined ? {} : { honorLabels }),
            relabelings: [
              { targetLabel: 'job', replacement: job },
              { sourceLabels: ['__meta_kubernetes_pod_node_name'], targetLabel: 'node' },
            ],
          },
        ],
      },
    },
    { ...parent, dependsOn },
  );
}
