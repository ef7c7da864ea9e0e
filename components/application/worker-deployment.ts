import * as k8s from '@pulumi/kubernetes';
import type * as pulumi from '@pulumi/pulumi';

import { selector } from '../labels.ts';
import { type AppContext, metadataOf } from './app-context.ts';
import { podTemplate, type SharedConfig } from './pod-template.ts';

/** The one pod of background work. */
export function workerDeployment(
  context: AppContext,
  shared: SharedConfig,
  dependsOn: pulumi.Resource[],
): k8s.apps.v1.Deployment {
  const { name, parent } = context;
  return new k8s.apps.v1.Deployment(
    `${name}-worker`,
    {
      metadata: metadataOf(context, `${name}-worker`, 'worker'),
      spec: {
        replicas: 1,
        // Two relays at once would send events twice and out of order.
        strategy: { type: 'Recreate' },
        selector: { matchLabels: selector(name, 'worker') },
        template: podTemplate(context, 'worker', shared),
      },
    },
    { ...parent, dependsOn, customTimeouts: { create: '5m', update: '10m' } },
  );
}
