import * as k8s from '@pulumi/kubernetes';
import * as pulumi from '@pulumi/pulumi';

import { disruptionBudget } from '../disruption-budget.ts';
import { labels, selector } from '../labels.ts';
import { spread } from '../spread.ts';
import type { GatewayArgs } from './gateway.ts';
import { COMPONENT, traefikArgs, traefikPod } from './traefik.ts';

interface Parent {
  readonly parent: pulumi.Resource;
}

/** Where clients come in. */
export function traefikService(
  name: string,
  { namespace, serviceType = 'ClusterIP' }: GatewayArgs,
  parent: Parent,
) {
  return new k8s.core.v1.Service(
    `${name}-service`,
    {
      metadata: { name, namespace, labels: labels(name, COMPONENT) },
      spec: {
        type: serviceType,
        // Keeps the client's address, which rate limits and the audit log need.
        ...(serviceType === 'ClusterIP' ? {} : { externalTrafficPolicy: 'Local' }),
        selector: selector(name, COMPONENT),
        ports: [
          { name: 'http', port: 80, targetPort: 'web' },
          { name: 'https', port: 443, targetPort: 'websecure' },
        ],
      },
    },
    {
      ...parent,
      // Pulumi waits until the Service has a ready pod.
      customTimeouts: { create: '5m', update: '5m' },
    },
  );
}

/** The pods, and a budget that keeps most of them through a drain. */
export function traefikDeployment(
  name: string,
  { namespace, image, replicas }: GatewayArgs,
  {
    account,
    watched,
  }: { account: k8s.core.v1.ServiceAccount; watched: readonly pulumi.Input<string>[] },
  opts: Parent & { readonly dependsOn: pulumi.Resource[] },
): k8s.apps.v1.Deployment {
  const metadata = { name, namespace, labels: labels(name, COMPONENT) };
  const matchLabels = selector(name, COMPONENT);
  const traefik = new k8s.apps.v1.Deployment(
    `${name}-traefik`,
    {
      metadata,
      spec: {
        replicas,
        strategy: { rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
        selector: { matchLabels },
        template: {
          metadata: { labels: metadata.labels },
          spec: {
            ...traefikPod(
              image,
              pulumi.all([...watched]).apply(traefikArgs),
              account.metadata.name,
            ),
            topologySpreadConstraints: spread(matchLabels),
          },
        },
      },
    },
    { ...opts, customTimeouts: { create: '5m', update: '5m' } },
  );
  // With a single pod a budget would only get in the way of a drain.
  if (replicas > 1) {
    disruptionBudget(`${name}-disruption`, metadata, matchLabels, { parent: opts.parent });
  }
  return traefik;
}
