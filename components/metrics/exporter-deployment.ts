import * as k8s from '@pulumi/kubernetes';
import type * as pulumi from '@pulumi/pulumi';

import { labels, selector } from '../labels.ts';
import { CONTAINER_SECURITY } from '../pod-security.ts';
import { POD_SECURITY } from './pod-security.ts';
import type { StackContext } from './stack-context.ts';

export interface ExporterArgs {
  /** Name of the component in the labels of its pods. */
  readonly component: string;
  readonly container: Omit<k8s.types.input.core.v1.Container, 'securityContext' | 'name'>;
  readonly volumes?: k8s.types.input.core.v1.Volume[];
  readonly podAnnotations?: Record<string, pulumi.Input<string>>;
  /** Default: none, and the pod gets no token. */
  readonly account?: pulumi.Input<string>;
  readonly dependsOn?: pulumi.Resource[];
}

/** One unprivileged pod that keeps nothing and is replaced when it dies. */
export function exporterDeployment(
  { name, args, parent }: StackContext,
  exporter: ExporterArgs,
): k8s.apps.v1.Deployment {
  const { component, account, volumes, podAnnotations, dependsOn = [] } = exporter;
  const own = { name: `${name}-${component}`, labels: labels(name, component) };
  return new k8s.apps.v1.Deployment(
    `${name}-${component}`,
    {
      metadata: { ...own, namespace: args.namespace },
      spec: {
        replicas: 1,
        selector: { matchLabels: selector(name, component) },
        template: {
          metadata: {
            labels: own.labels,
            ...(podAnnotations === undefined ? {} : { annotations: podAnnotations }),
          },
          spec: {
            ...(account === undefined ? {} : { serviceAccountName: account }),
            automountServiceAccountToken: account !== undefined,
            enableServiceLinks: false,
            securityContext: POD_SECURITY,
            containers: [
              { ...exporter.container, name: component, securityContext: CONTAINER_SECURITY },
            ],
            ...(volumes === undefined ? {} : { volumes }),
          },
        },
      },
    },
    { ...parent, dependsOn, customTimeouts: { create: '5m', update: '5m' } },
  );
}
