import * as k8s from '@pulumi/kubernetes';
import * as pulumi from '@pulumi/pulumi';
import * as tls from '@pulumi/tls';

import { disruptionBudget } from '../disruption-budget.ts';
import { selector } from '../labels.ts';
import { spread } from '../spread.ts';
import { type AppContext, metadataOf } from './app-context.ts';
import { PATHS } from './environment.ts';
import { jwks } from './jwks.ts';
import { podTemplate, type SharedConfig } from './pod-template.ts';
import { least, type Replicas } from './replicas.ts';

/** The pods that serve tenants, with their signing keys, budget and scaler. */
export function apiDeployment(
  context: AppContext,
  shared: SharedConfig,
  dependsOn: pulumi.Resource[],
): k8s.apps.v1.Deployment {
  const { name, args, parent } = context;
  const { replicas } = args;
  const metadata = metadataOf(context, name, 'api');
  const matchLabels = selector(name, 'api');
  const template = podTemplate(context, 'api', shared, {
    variable: 'JWT_KEYS_FILE',
    path: `${PATHS.keys}/jwks.json`,
    content: signingKeys(context),
  });
  const deployment = new k8s.apps.v1.Deployment(
    `${name}-api`,
    {
      metadata,
      spec: {
        // Whoever scales by load owns the number.
        ...(typeof replicas === 'number' ? { replicas } : {}),
        strategy: { rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
        selector: { matchLabels },
        template: {
          ...template,
          spec: { ...template.spec, topologySpreadConstraints: spread(matchLabels) },
        },
      },
    },
    { ...parent, dependsOn, customTimeouts: { create: '5m', update: '10m' } },
  );
  // With a single pod a budget would only get in the way of a drain.
  if (least(replicas) > 1) {
    disruptionBudget(`${name}-disruption`, metadata, matchLabels, parent);
  }
  if (typeof replicas !== 'number') scaler(context, deployment, replicas);
  return deployment;
}

function signingKeys({ name, args, parent }: AppContext): pulumi.Output<string> {
  const { signingKeys: keyLabels = ['1', '2'] } = args;
  const keys = keyLabels.map(
    (label) =>
      new tls.PrivateKey(`${name}-signing-key-${label}`, { algorithm: 'ED25519' }, parent)
        .privateKeyPemPkcs8,
  );
  return pulumi.secret(pulumi.all(keys).apply(jwks));
}

function scaler(
  context: AppContext,
  target: k8s.apps.v1.Deployment,
  { min, max }: Exclude<Replicas, number>,
): void {
  const metric = (name: string, averageUtilization: number) => ({
    type: 'Resource',
    resource: { name, target: { type: 'Utilization', averageUtilization } },
  });
  new k8s.autoscaling.v2.HorizontalPodAutoscaler(
    `${context.name}-scaler`,
    {
      metadata: metadataOf(context, context.name, 'api'),
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: target.metadata.name },
        minReplicas: min,
        maxReplicas: max,
        metrics: [metric('cpu', 70), metric('memory', 80)],
      },
    },
    context.parent,
  );
}
