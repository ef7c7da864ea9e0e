import * as k8s from '@pulumi/kubernetes';
import * as pulumi from '@pulumi/pulumi';

import { selector } from '../labels.ts';
import { type AppContext, metadataOf } from './app-context.ts';
import type { Administration } from './application-args.ts';
import { PATHS } from './environment.ts';
import { podTemplate, type SharedConfig } from './pod-template.ts';

/** The one pod that serves operators: it owns every table, so only its own host leads to it. */
export function adminDeployment(
  context: AppContext,
  shared: SharedConfig,
  { operators }: Administration,
  dependsOn: pulumi.Resource[],
): k8s.apps.v1.Deployment {
  const { name, parent } = context;
  return new k8s.apps.v1.Deployment(
    `${name}-admin`,
    {
      metadata: metadataOf(context, `${name}-admin`, 'admin'),
      spec: {
        replicas: 1,
        // It ends moves that have lost their mover; two at once would both try.
        strategy: { type: 'Recreate' },
        selector: { matchLabels: selector(name, 'admin') },
        template: podTemplate(context, 'admin', shared, {
          variable: 'ADMIN_TOKENS_FILE',
          path: `${PATHS.operators}/tokens.json`,
          content: pulumi.output(JSON.stringify(operators)),
        }),
      },
    },
    { ...parent, dependsOn, customTimeouts: { create: '5m', update: '10m' } },
  );
}
