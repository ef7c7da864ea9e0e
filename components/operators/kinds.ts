import * as k8s from '@pulumi/kubernetes';
import type * as pulumi from '@pulumi/pulumi';

import { ConfigError } from '../errors.ts';
import type { ManifestObject } from './manifests.ts';

type ResourceClass = new (
  name: string,
  args: object,
  opts: pulumi.CustomResourceOptions,
) => pulumi.CustomResource & { readonly metadata: pulumi.Output<{ readonly name: string }> };

export interface KindEntry {
  readonly resource: ResourceClass;
  readonly namespaced: boolean;
  /**
   * A workload is created after everything else and deleted before it; but what a workload has to
   * complete comes after it.
   */
  readonly stage: 'definition' | 'setting' | 'workload' | 'completed';
}

/** On webhooks whose authority a workload of the same manifests writes into them. */
export const INJECTED = 'cert-manager.io/inject-ca-from-secret';

const { admissionregistration, apiextensions, apps, core, policy, rbac } = k8s;

/** The classes agree on what matters here; their typed arguments only differ per kind. */
function kind(stage: KindEntry['stage'], namespaced: boolean, resource: unknown): KindEntry {
  return { stage, namespaced, resource: resource as ResourceClass };
}

/**
 * What an operator's manifests may hold. One class per kind instead of a YAML group, so that tests
 * and policies see every object; a new kind is a decision, not an accident of an upgrade.
 */
const KINDS: Readonly<Record<string, KindEntry>> = {
  'apiextensions.k8s.io/v1/CustomResourceDefinition': kind(
    'definition',
    false,
    apiextensions.v1.CustomResourceDefinition,
  ),
  'v1/ServiceAccount': kind('setting', true, core.v1.ServiceAccount),
  'v1/ConfigMap': kind('setting', true, core.v1.ConfigMap),
  'v1/Secret': kind('setting', true, core.v1.Secret),
  'rbac.authorization.k8s.io/v1/Role': kind('setting', true, rbac.v1.Role),
  'rbac.authorization.k8s.io/v1/RoleBinding': kind('setting', true, rbac.v1.RoleBinding),
  'rbac.authorization.k8s.io/v1/ClusterRole': kind('setting', false, rbac.v1.ClusterRole),
  'rbac.authorization.k8s.io/v1/ClusterRoleBinding': kind(
    'setting',
    false,
    rbac.v1.ClusterRoleBinding,
  ),
  // Before the operator: it looks for them when it starts, to write its authority into them.
  'admissionregistration.k8s.io/v1/MutatingWebhookConfiguration': kind(
    'setting',
    false,
    admissionregistration.v1.MutatingWebhookConfiguration,
  ),
  'admissionregistration.k8s.io/v1/ValidatingWebhookConfiguration': kind(
    'setting',
    false,
    admissionregistration.v1.ValidatingWebhookConfiguration,
  ),
  'policy/v1/PodDisruptionBudget': kind('setting', true, policy.v1.PodDisruptionBudget),
  // Beside the operator: one that is awaited counts as created once a pod answers behind it.
  'v1/Service': kind('workload', true, core.v1.Service),
  'apps/v1/Deployment': kind('workload', true, apps.v1.Deployment),
  'apps/v1/StatefulSet': kind('workload', true, apps.v1.StatefulSet),
};

/** How an object of this kind is made; a kind nobody has thought about is a `ConfigError`. */
export function kindOf(operator: string, object: ManifestObject): KindEntry {
  const key = `${object.apiVersion}/${object.kind}`;
  const entry = KINDS[key];
  if (entry !== undefined) {
    const injected = INJECTED in (object.metadata.annotations ?? {});
    return injected ? { ...entry, stage: 'completed' } : entry;
  }
  throw new ConfigError(
    `${operator}.manifests`,
    `${object.kind} "${object.metadata.name}" is of the unknown kind ${key}.`,
    'Add it to components/operators/kinds.ts once you know when it must exist.',
  );
}
