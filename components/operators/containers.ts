import type * as pulumi from '@pulumi/pulumi';

import type { ManifestObject } from './manifests.ts';

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly args?: readonly pulumi.Input<string>[];
  readonly env?: readonly EnvVar[];
  readonly securityContext?: Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
}

export interface EnvVar {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: { readonly secretKeyRef?: { readonly name: string; readonly key: string } };
}

/** Variables by which an operator names the images it starts itself. */
export function isImageVariable(name: string): boolean {
  return /(^|_)IMAGE(_NAME)?$/.test(name);
}

/** Changes every container of a pod template, init containers included; others stay as they are. */
export function mapContainers(
  object: ManifestObject,
  change: (container: Container) => Container,
): ManifestObject {
  const spec = object['spec'] as
    { template?: { spec?: { containers: Container[]; initContainers?: Container[] } } } | undefined;
  const pod = spec?.template?.spec;
  if (spec === undefined || pod === undefined) return object;
  const initContainers = pod.initContainers && {
    initContainers: pod.initContainers.map(change),
  };
  const changed = { ...pod, containers: pod.containers.map(change), ...initContainers };
  return { ...object, spec: { ...spec, template: { ...spec.template, spec: changed } } };
}
