import * as k8s from '@pulumi/kubernetes';
import type * as pulumi from '@pulumi/pulumi';

import { labels } from '../labels.ts';
import { CLUSTER_RULES, COMPONENT, NAMESPACE_RULES } from './traefik.ts';

/** Cluster-wide only what exists once in a cluster; the rest per namespace. */
export function traefikRights(
  name: string,
  watched: readonly pulumi.Input<string>[],
  account: k8s.core.v1.ServiceAccount,
  parent: { readonly parent: pulumi.Resource },
): pulumi.Resource[] {
  const subjects = [
    {
      kind: 'ServiceAccount',
      name: account.metadata.name,
      namespace: account.metadata.namespace,
    },
  ];
  const apiGroup = 'rbac.authorization.k8s.io';
  const clusterRole = new k8s.rbac.v1.ClusterRole(
    `${name}-cluster-role`,
    { metadata: { name, labels: labels(name, COMPONENT) }, rules: CLUSTER_RULES },
    parent,
  );
  const clusterBinding = new k8s.rbac.v1.ClusterRoleBinding(
    `${name}-cluster-binding`,
    {
      metadata: { name, labels: labels(name, COMPONENT) },
      roleRef: { apiGroup, kind: 'ClusterRole', name: clusterRole.metadata.name },
      subjects,
    },
    parent,
  );
  const bindings = watched.map((namespace, index) => {
    const suffix = index === 0 ? '' : `-${index + 1}`;
    const metadata = { name, namespace, labels: labels(name, COMPONENT) };
    const role = new k8s.rbac.v1.Role(
      `${name}-role${suffix}`,
      { metadata, rules: NAMESPACE_RULES },
      parent,
    );
    return new k8s.rbac.v1.RoleBinding(
      `${name}-binding${suffix}`,
      { metadata, roleRef: { apiGroup, kind: 'Role', name: role.metadata.name }, subjects },
      parent,
    );
  });
  return [clusterBinding, ...bindings];
}
