import * as k8s from '@pulumi/kubernetes';
import type * as pulumi from '@pulumi/pulumi';

/** Drains of nodes take one of the pods at a time, and never wait for one that is broken anyway. */
export function disruptionBudget(
  name: string,
  metadata: k8s.types.input.meta.v1.ObjectMeta,
  matchLabels: Readonly<Record<string, string>>,
  opts: pulumi.CustomResourceOptions,
): k8s.policy.v1.PodDisruptionBudget {
  return new k8s.policy.v1.PodDisruptionBudget(
    name,
    {
      metadata,
      spec: {
        maxUnavailable: 1,
        unhealthyPodEvictionPolicy: 'AlwaysAllow',
        selector: { matchLabels },
      },
    },
    opts,
  );
}
