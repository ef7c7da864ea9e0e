import * as k8s from '@pulumi/kubernetes';

import { labels } from '../labels.ts';
import type { StackContext } from './stack-context.ts';

/** What it reads of the API: where its targets are, and what kubelets know of their containers. */
export const PROMETHEUS_RULES = [
  {
    apiGroups: [''],
    resources: ['nodes', 'services', 'endpoints', 'pods'],
    verbs: ['get', 'list', 'watch'],
  },
  { apiGroups: [''], resources: ['nodes/metrics'], verbs: ['get'] },
];

/** ServiceAccount of Prometheus with these rights. */
export function prometheusAccount({
  name,
  args,
  parent,
}: StackContext): k8s.core.v1.ServiceAccount {
  const own = { name: `${name}-prometheus`, labels: labels(name, 'prometheus') };
  const account = new k8s.core.v1.ServiceAccount(
    `${name}-prometheus-account`,
    { metadata: { ...own, namespace: args.namespace }, automountServiceAccountToken: false },
    parent,
  );
  const role = new k8s.rbac.v1.ClusterRole(
    `${name}-prometheus-role`,
    { metadata: own, rules: PROMETHEUS_RULES },
    parent,
  );
  new k8s.rbac.v1.ClusterRoleBinding(
    `${name}-prometheus-binding`,
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
  return account;
}
