import * as k8s from '@pulumi/kubernetes';
import type * as pulumi from '@pulumi/pulumi';

import { labels } from '../labels.ts';
import type { StackContext } from './stack-context.ts';

export interface ClusterAccountArgs {
  /** Of the pods; the objects are called `<stack>-<component>`. */
  readonly component: string;
  /** Begins the names of the resources: `<stack>-<prefix>-account` and so on. */
  readonly prefix: string;
  readonly rules: readonly k8s.types.input.rbac.v1.PolicyRule[];
}

export interface ClusterAccount {
  readonly account: k8s.core.v1.ServiceAccount;
  /** Gives it the rights; pods that need them at their start come after it. */
  readonly binding: pulumi.Resource;
}

/** ServiceAccount of one part of the stack with rights in the whole cluster; pods ask for its token. */
export function clusterAccount(
  { name, args, parent }: StackContext,
  { component, prefix, rules }: ClusterAccountArgs,
): ClusterAccount {
  const own = { name: `${name}-${component}`, labels: labels(name, component) };
  const account = new k8s.core.v1.ServiceAccount(
    `${name}-${prefix}-account`,
    { metadata: { ...own, namespace: args.namespace }, automountServiceAccountToken: false },
    parent,
  );
  const role = new k8s.rbac.v1.ClusterRole(
    `${name}-${prefix}-role`,
    { metadata: own, rules: [...rules] },
    parent,
  );
  const binding = new k8s.rbac.v1.ClusterRoleBinding(
    `${name}-${prefix}-binding`,
    {
      metadata: own,
      roleRef: {
        apiGroup: 'rbac.authorization.k8s.io',
        kind: 'ClusterRole',
        name: role.metadata.name,
      },
      subjects: [
        { kind: 'ServiceAccount', name: account.metadata.name, namespace: args.namespace },
      ],
    },
    parent,
  );
  return { account, binding };
}
