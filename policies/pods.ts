import { CUSTOM_HOLDERS } from './holders.ts';
import type { Kind } from './kinds.ts';
import { at, entries, text, UNKNOWN, type Value } from './values.ts';

/** What the operator or another owner of an object adds to a pod where the object leaves it out. */
export type Filled =
  /** Image of the container. */
  | 'image'
  /** Security context of the container, except `runAsNonRoot`. */
  | 'container-security'
  /** `runAsNonRoot` and numeric user. */
  | 'user'
  /** Seccomp profile. */
  | 'seccomp'
  /** `readOnlyRootFilesystem`. */
  | 'read-only-root'
  /** Requests and limits. */
  | 'resources'
  /** Probes and grace period. */
  | 'lifecycle'
  /** Service account, its token, and what else concerns the pod as a whole. */
  | 'pod';

const EVERYTHING: readonly Filled[] = [
  'image', 'container-security', 'user', 'seccomp', 'read-only-root', 'resources', 'lifecycle',
  'pod',
]; // prettier-ignore

/** One pod specification inside a resource, with its place there. */
export interface PodSpec {
  readonly path: string;
  readonly spec: Value;
  /** Labels and annotations of the pod template. */
  readonly labels: Value;
  readonly annotations: Value;
  /** `Job` and `CronJob` end by themselves; `Pod` and unknown ones count as long-running. */
  readonly shortLived: boolean;
  readonly containers: readonly Container[];
  /** True where somebody else adds the setting if the pod leaves it out. */
  readonly fills: (setting: Filled) => boolean;
}

export type ContainerList = 'containers' | 'initContainers' | 'ephemeralContainers';

/** One container of any of the three lists. An unknown list is one unknown container. */
export interface Container {
  readonly path: string;
  /** Name of the container, or `?` when the preview does not know it. */
  readonly name: string;
  readonly value: Value;
  readonly list: ContainerList;
  /** True where somebody else adds the setting if the container leaves it out. */
  readonly fills: (setting: Filled) => boolean;
}

/** A pod that a custom resource describes, as its operator would build it. */
export interface PodPart {
  readonly path: string;
  readonly spec: Value;
  readonly labels?: Value;
  readonly annotations?: Value;
  /** Path of a container (or, without an index, of its list) that lies elsewhere in the object. */
  readonly place?: (list: ContainerList, index?: number) => string;
  /** Names of the operator's own containers: they exist even where the object lists none. */
  readonly own: readonly string[];
  /** What the object says of its own containers outside of the lists. */
  readonly ownValue?: Value;
  /** What the operator adds to its own containers. */
  readonly fills: readonly Filled[];
  /** What it adds only while the object gives the pod no security context of its own. */
  readonly fillsWithoutContext?: readonly Filled[];
}

/** Where the pod template lies in the kinds of Kubernetes itself. */
const TEMPLATES: Readonly<Record<string, readonly string[]>> = {
  ':Pod': [],
  ':PodTemplate': ['template'],
  ':ReplicationController': ['spec', 'template'],
  'apps:Deployment': ['spec', 'template'],
  'apps:StatefulSet': ['spec', 'template'],
  'apps:DaemonSet': ['spec', 'template'],
  'apps:ReplicaSet': ['spec', 'template'],
  'extensions:Deployment': ['spec', 'template'],
  'extensions:DaemonSet': ['spec', 'template'],
  'extensions:ReplicaSet': ['spec', 'template'],
  'batch:Job': ['spec', 'template'],
  'batch:CronJob': ['spec', 'jobTemplate', 'spec', 'template'],
};

/** Every pod specification that an object declares. */
export function podSpecs(kind: Kind | undefined, props: Value): readonly PodSpec[] {
  if (kind === undefined) return [];
  const one = (value: Value, prefix: string) => inObject(kind, value, prefix);
  if (kind.form !== 'List') return one(props, '');
  const items = entries(at(props, 'items'));
  if (items === UNKNOWN) return holds(kind) ? one(UNKNOWN, 'items') : [];
  return items.flatMap((item, index) => one(item, `items[${index}]`));
}

const key = ({ group, kind }: Kind) => `${group}:${kind}`;

function holds(kind: Kind): boolean {
  return key(kind) in TEMPLATES || key(kind) in CUSTOM_HOLDERS;
}

function inObject(kind: Kind, object: Value, prefix: string): readonly PodSpec[] {
  const within = (path: string) => [prefix, path].filter((part) => part !== '').join('.');
  const custom = CUSTOM_HOLDERS[key(kind)];
  const everything = kind.form === 'Patch' ? EVERYTHING : [];
  if (custom !== undefined) {
    if (object === UNKNOWN) return [podOf(unknownPart(prefix), kind, everything)];
    return custom(object).map((part) =>
      podOf({ ...part, path: within(part.path) }, kind, everything),
    );
  }
  const steps = TEMPLATES[key(kind)];
  if (steps === undefined) return [];
  if (object === UNKNOWN) return [podOf(unknownPart(prefix), kind, everything)];
  const template = at(object, ...steps);
  const spec = at(template, 'spec');
  if (spec === undefined) return [];
  const labels = at(template, 'metadata', 'labels');
  const path = within([...steps, 'spec'].join('.'));
  const annotations = at(template, 'metadata', 'annotations');
  const part: PodPart = { path, spec, labels, annotations, own: [], fills: [] };
  return [podOf(part, kind, everything)];
}

function unknownPart(path: string): PodPart {
  return { path, spec: UNKNOWN, own: [], fills: [] };
}

function podOf(part: PodPart, kind: Kind, everywhere: readonly Filled[]): PodSpec {
  const context = at(part.spec, 'securityContext');
  const more = context === undefined ? (part.fillsWithoutContext ?? []) : [];
  const own = new Set<Filled>([...part.fills, ...more, ...everywhere]);
  const others = new Set(everywhere);
  const isOwn = (name: string) => part.own.includes(name);
  const declared = declaredContainers(part).map((container) => ({
    ...container,
    fills: (setting: Filled) => (isOwn(container.name) ? own : others).has(setting),
  }));
  const missing = part.own.filter(
    (name) =>
      part.spec !== UNKNOWN && declared.every((one) => one.name !== name && one.name !== '?'),
  );
  const implied = missing.map((name): Container => ({
    path: part.path,
    name,
    value: part.ownValue ?? {},
    list: 'containers',
    fills: (setting) => own.has(setting),
  }));
  return {
    path: part.path,
    spec: part.spec,
    labels: part.labels,
    annotations: part.annotations,
    shortLived: kind.kind === 'Job' || kind.kind === 'CronJob',
    containers: [...declared, ...implied],
    fills: (setting) => own.has(setting),
  };
}

const LISTS: readonly ContainerList[] = ['containers', 'initContainers', 'ephemeralContainers'];

function declaredContainers(part: PodPart): readonly Omit<Container, 'fills'>[] {
  const { path, spec } = part;
  if (spec === UNKNOWN) return [{ path, name: '?', value: UNKNOWN, list: 'containers' }];
  return LISTS.flatMap((list) => {
    const values = entries(at(spec, list));
    const place = part.place ?? ((of, index) => `${path}.${of}${shown(index)}`);
    if (values === UNKNOWN) return [{ path: place(list), name: '?', value: UNKNOWN, list }];
    return values.map((value, index) => {
      const name = text(at(value, 'name'), '?');
      return { path: place(list, index), name, value, list };
    });
  });
}

function shown(index: number | undefined): string {
  return index === undefined ? '' : `[${index}]`;
}
