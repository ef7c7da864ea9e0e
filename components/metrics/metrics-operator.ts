import type * as pulumi from '@pulumi/pulumi';

import { AllowTraffic } from '../network/allow-traffic.ts';
import { Peer } from '../network/peer.ts';
import { Port } from '../network/port.ts';
import type { OperatorsLock } from '../operators/lock.ts';
import { Operator } from '../operators/operator.ts';
import type { MetricStackArgs } from './metric-stack-args.ts';

/** Selects the operator's pods, by upstream's labels. */
export function operatorPods({ operatorNamespace }: MetricStackArgs) {
  return Peer.pods(operatorNamespace, { 'app.kubernetes.io/name': 'prometheus-operator' });
}

/** The Prometheus operator, and its path to the API. */
export function metricsOperator(
  name: string,
  args: MetricStackArgs,
  lock: OperatorsLock | undefined,
  parent: { readonly parent: pulumi.Resource },
): Operator {
  const traffic = new AllowTraffic(
    `${name}-operator-api`,
    {
      from: [operatorPods(args)],
      to: [Peer.cidr(args.apiServer.cidr)],
      ports: [Port.tcp(args.apiServer.port)],
      description: 'The Prometheus operator watches and writes its objects.',
    },
    parent,
  );
  return new Operator(
    `${name}-operator`,
    {
      operator: 'prometheus-operator',
      namespace: args.operatorNamespace,
      manifests: args.manifests,
      images: {
        operator: args.images.prometheusOperator,
        reloader: args.images.configReloader,
      },
      protectDefinitions: args.protectDefinitions,
      deploymentAfter: [traffic],
      ...(lock === undefined ? {} : { lock }),
    },
    parent,
  );
}
