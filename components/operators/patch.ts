import type * as pulumi from '@pulumi/pulumi';

import { without, type ManifestObject } from './manifests.ts';
import { withoutDescriptions } from './definition.ts';
import { inlineImageSecrets } from './image-secrets.ts';
import { checkMoved, moveNamespace, type NamespaceOptions } from './patch-namespace.ts';
import { patchWorkload, type PodOptions } from './patch-pods.ts';

export interface PatchOptions extends NamespaceOptions, PodOptions {
  /** Annotations of every ServiceAccount. */
  readonly accountAnnotations: Readonly<Record<string, pulumi.Input<string>>>;
}

/** Upstream's objects as the platform runs them. Pure: nothing is created. */
export function patchManifests(
  objects: readonly ManifestObject[],
  options: PatchOptions,
): readonly ManifestObject[] {
  return inlineImageSecrets(objects.filter(isKept)).map((object) => {
    const moved = moveNamespace(withOwnMetadata(object, options.operator), options);
    const patched = patchKind(moved, options);
    checkMoved(patched, options);
    return patched;
  });
}

function patchKind(object: ManifestObject, options: PatchOptions): ManifestObject {
  switch (object.kind) {
    case 'Deployment':
    case 'StatefulSet':
      return patchWorkload(object, options);
    case 'CustomResourceDefinition':
      return withoutDescriptions(object);
    case 'ServiceAccount': {
      const annotations = { ...object.metadata.annotations, ...options.accountAnnotations };
      const some = Object.keys(annotations).length > 0;
      return some ? { ...object, metadata: { ...object.metadata, annotations } } : object;
    }
    default:
      return object;
  }
}

/** The namespace is made by `PlatformNamespace`, and certificates by the platform's authority. */
function isKept({ apiVersion, kind }: ManifestObject): boolean {
  const isNamespace = apiVersion === 'v1' && kind === 'Namespace';
  return !isNamespace && !apiVersion.startsWith('cert-manager.io/');
}

/** Adds our labels, drops what only the API server writes. */
function withOwnMetadata(object: ManifestObject, operator: string): ManifestObject {
  const metadata = without(object.metadata, 'creationTimestamp');
  const labels = {
    'app.kubernetes.io/instance': operator,
    'app.kubernetes.io/part-of': 'saas-platform',
    // Upstream's own labels win: an operator finds its objects by them.
    ...metadata.labels,
    'app.kubernetes.io/managed-by': 'pulumi',
  };
  return { ...without(object, 'status'), metadata: { ...metadata, labels } };
}
