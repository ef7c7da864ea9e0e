import { at, entries, UNKNOWN, type Value } from './values.ts';

/** One pod specification inside a resource, with its place there. */
export interface PodSpec {
  readonly path: string;
  readonly spec: Value;
  /** Another manager adds the rest of the pod: a missing image is then no mistake. */
  readonly partial: boolean;
}

/** One container of any of the three lists. */
export interface Container {
  readonly path: string;
  /** Name of the container, or `?` when the preview does not know it. */
  readonly name: string;
  readonly value: Value;
}

/** Where the pod specification lies in the resources that hold one. */
const POD_PATHS: Readonly<Record<string, readonly string[]>> = {
  Pod: ['spec'],
  PodTemplate: ['template', 'spec'],
  Deployment: ['spec', 'template', 'spec'],
  StatefulSet: ['spec', 'template', 'spec'],
  DaemonSet: ['spec', 'template', 'spec'],
  ReplicaSet: ['spec', 'template', 'spec'],
  ReplicationController: ['spec', 'template', 'spec'],
  Job: ['spec', 'template', 'spec'],
  CronJob: ['spec', 'jobTemplate', 'spec', 'template', 'spec'],
};

/** The same for custom resources whose operator builds pods from a template. */
const CUSTOM_POD_PATHS: Readonly<Record<string, readonly string[]>> = {
  'postgresql.cnpg.io:Pooler': ['spec', 'template', 'spec'],
};

const CONTAINER_LISTS = ['containers', 'initContainers', 'ephemeralContainers'] as const;

/** Group and kind of a Pulumi type such as `kubernetes:apps/v1:Deployment`. */
export function kindOf(type: string): { group: string; kind: string } | undefined {
  const match = /^kubernetes:(?:([^:]+)\/)?[^:/]+:(\w+)$/.exec(type);
  return match === null ? undefined : { group: match[1] ?? '', kind: match[2] ?? '' };
}

const BUILT_IN = new Set(['core', 'apps', 'batch', 'extensions']);

/** Every pod specification that the resource declares. */
export function podSpecs(type: string, props: Value): readonly PodSpec[] {
  const found = kindOf(type);
  if (found === undefined) return [];
  const { group, kind } = found;
  const custom = CUSTOM_POD_PATHS[`${group}:${kind}`];
  if (custom !== undefined) return podAt(props, custom, '', true);
  if (!BUILT_IN.has(group)) return [];
  const [, name = '', form = ''] = /^(\w+?)(Patch|List)?$/.exec(kind) ?? [];
  const path = POD_PATHS[name];
  if (path === undefined) return [];
  if (form !== 'List') return podAt(props, path, '', form === 'Patch');
  const items = entries(at(props, 'items'));
  if (items === UNKNOWN) return [{ path: 'items', spec: UNKNOWN, partial: false }];
  return items.flatMap((item, index) => podAt(item, path, `items[${index}].`, false));
}

function podAt(
  value: Value,
  path: readonly string[],
  prefix: string,
  partial: boolean,
): readonly PodSpec[] {
  const spec = at(value, ...path);
  return spec === undefined ? [] : [{ path: `${prefix}${path.join('.')}`, spec, partial }];
}

/** Containers, init containers and ephemeral containers; an unknown list is one unknown container. */
export function containers(pod: PodSpec): readonly Container[] {
  if (pod.spec === UNKNOWN) return [{ path: pod.path, name: '?', value: UNKNOWN }];
  return CONTAINER_LISTS.flatMap((list) => {
    const values = entries(at(pod.spec, list));
    if (values === UNKNOWN) return [{ path: `${pod.path}.${list}`, name: '?', value: UNKNOWN }];
    return values.map((value, index) => {
      const name = at(value, 'name');
      return {
        path: `${pod.path}.${list}[${index}]`,
        name: typeof name === 'string' ? name : '?',
        value,
      };
    });
  });
}
