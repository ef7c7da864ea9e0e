import type * as pulumi from '@pulumi/pulumi';

import { ConfigError } from '../errors.ts';
import { isImageVariable, mapContainers, type Container } from './containers.ts';
import { without, type ManifestObject } from './manifests.ts';

export interface ResourceAmounts {
  readonly requests: { readonly cpu: string; readonly memory: string };
  /** A CPU limit is optional: it slows an operator down just when it has work. */
  readonly limits: { readonly memory: string; readonly cpu?: string };
}

export interface PodOptions {
  /** Name of the operator, for messages. */
  readonly operator: string;
  /** Image as upstream writes it → the image to run, with its digest. */
  readonly images: Readonly<Record<string, string>>;
  /** Requests and limits of every container. */
  readonly resources: ResourceAmounts;
  /** Variables of every container; they replace upstream's of the same name. */
  readonly env: Readonly<Record<string, string>>;
  /** Folders that containers write to; with any, the rest of their root is read-only. */
  readonly writableFolders: readonly string[];
  readonly podAnnotations: Readonly<Record<string, pulumi.Input<string>>>;
}

interface PodTemplate {
  readonly metadata?: { readonly annotations?: Readonly<Record<string, string>> };
  readonly spec: Readonly<Record<string, unknown>>;
}

/** Enough for what operators keep in scratch volumes; without a limit one could fill the node. */
const SCRATCH_LIMIT = '256Mi';

/** Brings a workload up to the platform's baseline: pinned, unprivileged, bounded. */
export function patchWorkload(object: ManifestObject, options: PodOptions): ManifestObject {
  const patched = mapContainers(object, (container) => patchContainer(container, options));
  const spec = patched['spec'] as { readonly template: PodTemplate };
  const { template } = spec;
  const annotations = { ...template.metadata?.annotations, ...options.podAnnotations };
  return {
    ...patched,
    spec: {
      ...spec,
      template: {
        ...template,
        metadata: {
          ...template.metadata,
          ...(Object.keys(annotations).length > 0 ? { annotations } : {}),
        },
        spec: patchPod(object, template.spec, options),
      },
    },
  };
}

function patchPod(object: ManifestObject, pod: PodTemplate['spec'], options: PodOptions) {
  const { operator, writableFolders } = options;
  const shared = ['hostNetwork', 'hostPID', 'hostIPC'].find((field) => pod[field] === true);
  if (shared !== undefined) {
    throw new ConfigError(
      `${operator}.manifests`,
      `${object.kind} "${object.metadata.name}" asks for ${shared}, which the platform never grants.`,
    );
  }
  const volumes = [
    ...((pod['volumes'] ?? []) as readonly { readonly emptyDir?: object }[]),
    ...writableFolders.map((folder) => ({ name: volumeName(folder), emptyDir: {} })),
  ];
  return {
    ...pod,
    securityContext: {
      ...(pod['securityContext'] as object | undefined),
      runAsNonRoot: true,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    volumes: volumes.map((volume) =>
      volume.emptyDir === undefined
        ? volume
        : { ...volume, emptyDir: { sizeLimit: SCRATCH_LIMIT, ...volume.emptyDir } },
    ),
  };
}

function patchContainer(container: Container, options: PodOptions): Container {
  const own = Object.entries(options.env).map(([name, value]) => ({ name, value }));
  const upstream = (container.env ?? [])
    .filter(({ name }) => !(name in options.env))
    .map((variable) => {
      if (!isImageVariable(variable.name)) return variable;
      const image = pinned(variable.value ?? '', `variable ${variable.name}`, options);
      return { name: variable.name, value: image };
    });
  const args = container.args?.map((arg) => {
    // Images that the operator starts itself, such as `--acme-http01-solver-image=…`; some options
    // have other names, and are known by their value.
    const [flag, image] =
      typeof arg === 'string' ? (/^(--[\w-]+=)(.+)$/.exec(arg) ?? []).slice(1) : [];
    if (flag === undefined || image === undefined) return arg;
    if (!flag.endsWith('image=') && !(image in options.images)) return arg;
    return flag + pinned(image, `argument ${flag.slice(0, -1)}`, options);
  });
  return {
    ...container,
    ...(args === undefined ? {} : { args }),
    image: pinned(container.image, `container ${container.name}`, options),
    // The digest says which image it is; asking the registry again would prove nothing.
    imagePullPolicy: 'IfNotPresent',
    env: [...upstream, ...own],
    resources: options.resources,
    ...mounted(container, options.writableFolders),
  };
}

function mounted(container: Container, folders: readonly string[]) {
  const securityContext = restricted(container.securityContext);
  if (folders.length === 0) return { securityContext };
  const mounts = folders.map((folder) => ({ name: volumeName(folder), mountPath: folder }));
  return {
    securityContext: { ...securityContext, readOnlyRootFilesystem: true },
    volumeMounts: [...((container['volumeMounts'] ?? []) as readonly object[]), ...mounts],
  };
}

/** `/var/tmp` → `writable-var-tmp`. */
function volumeName(folder: string): string {
  return `writable${folder.replaceAll('/', '-')}`;
}

/** What Pod Security "restricted" asks of a container; the rest stays as upstream has it. */
function restricted(upstream: Container['securityContext'] = {}) {
  return {
    ...without(upstream, 'privileged'),
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'] },
    runAsNonRoot: true,
    seccompProfile: { type: 'RuntimeDefault' },
  };
}

function pinned(image: string, user: string, { operator, images }: PodOptions): string {
  const replacement = images[image];
  if (replacement !== undefined) return replacement;
  throw new ConfigError(
    `${operator}.images`,
    `"${image}" of ${user} is not among the images of operators.lock.json.`,
    `It has ${Object.keys(images).join(', ') || 'none'}.`,
  );
}
