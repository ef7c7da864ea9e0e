import type * as k8s from '@pulumi/kubernetes';
import type * as pulumi from '@pulumi/pulumi';

import { awaitedResource } from '../custom-resource.ts';
import { labels } from '../labels.ts';

export interface MonitoringObjectArgs {
  readonly kind:
    'Prometheus' | 'Alertmanager' | 'PrometheusRule' | 'PodMonitor' | 'ServiceMonitor' | 'Probe';
  /** Name of the object in the cluster. */
  readonly objectName: string;
  readonly namespace: pulumi.Input<string>;
  readonly spec: object;
  /** Condition that Pulumi waits for. Default: none, the object counts as ready when accepted. */
  readonly waitFor?: string;
}

/** A custom resource of the Prometheus operator. */
export function monitoringObject(
  name: string,
  { kind, objectName, namespace, spec, waitFor }: MonitoringObjectArgs,
  opts: pulumi.CustomResourceOptions,
): k8s.apiextensions.CustomResource {
  return awaitedResource(
    name,
    {
      apiVersion: 'monitoring.coreos.com/v1',
      kind,
      metadata: { name: objectName, namespace, labels: labels(objectName, kind.toLowerCase()) },
      spec,
      ...(waitFor === undefined ? {} : { waitFor }),
    },
    { customTimeouts: { create: '5m', update: '10m' }, ...opts },
  );
}
