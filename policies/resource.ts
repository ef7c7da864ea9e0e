import { kindOf, isNamespaced, type Kind } from './kinds.ts';
import { podSpecs, type PodSpec } from './pods.ts';
import { at, text, UNKNOWN, type Value } from './values.ts';

/** One resource as the engine shows it. */
export interface ResourceFacts {
  /** Pulumi type, for example `kubernetes:apps/v1:Deployment`. */
  readonly type: string;
  readonly urn: string;
  /** Name in the program, not in the cluster. */
  readonly name: string;
  readonly props: Value;
  readonly protect: boolean;
  readonly ignoreChanges: readonly string[];
  /** The provider that the program names for it, if any. */
  readonly provider: { readonly name: string; readonly props: Value } | undefined;
}

/** One resource as rules look at it. */
export interface Resource extends ResourceFacts {
  /** Kind of a Kubernetes object; nothing for other providers. */
  readonly kind: Kind | undefined;
  /** `<kind> <namespace>/<name>` or, outside of Kubernetes, `<type> <name>`. */
  readonly object: string;
  /** Namespace of the object: `default` where it names none, '' where its kind has none. */
  readonly namespace: string | typeof UNKNOWN;
  /** Name of the object in the cluster. */
  readonly objectName: string | typeof UNKNOWN;
  /** Every pod specification in it. */
  readonly pods: readonly PodSpec[];
}

/** All resources of a stack, with the links that the engine knows. */
export interface Stack {
  readonly resources: readonly Resource[];
  /** Objects of a kind in an API group ('' is core), lists and patches left out. */
  readonly ofKind: (group: string, kind: string) => readonly Resource[];
  /** Resources that a property takes its value from, for example `bucket`. */
  readonly sources: (resource: Resource, property: string) => readonly Resource[];
}

function known(value: Value, otherwise: string): string | typeof UNKNOWN {
  return value === UNKNOWN ? UNKNOWN : text(value, otherwise);
}

export function makeResource(facts: ResourceFacts): Resource {
  const { type, props, name } = facts;
  const kind = kindOf(type);
  const namespaced = kind !== undefined && isNamespaced(kind);
  const namespace = namespaced ? known(at(props, 'metadata', 'namespace'), 'default') : '';
  const objectName = kind === undefined ? name : known(at(props, 'metadata', 'name'), '?');
  let pods: readonly PodSpec[] | undefined;
  return {
    ...facts,
    kind,
    namespace,
    objectName,
    get object() {
      if (kind === undefined) return `${type} ${name}`;
      const place = namespaced ? `${shown(namespace)}/` : '';
      return `${kind.kind}${kind.form} ${place}${shown(objectName)}`;
    },
    get pods() {
      pods ??= podSpecs(kind, props);
      return pods;
    },
  };
}

function shown(part: string | typeof UNKNOWN): string {
  return part === UNKNOWN ? '?' : part;
}

/** `links` gives the URNs that each property of a resource, by its URN, takes its value from. */
export function makeStack(
  resources: readonly Resource[],
  links: ReadonlyMap<string, Readonly<Record<string, readonly string[]>>> = new Map(),
): Stack {
  const byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
  const whole = resources.filter(({ kind }) => kind?.form === '');
  const byKind = Map.groupBy(whole, ({ kind }) => `${kind?.group}:${kind?.kind}`);
  return {
    resources,
    ofKind: (group, kind) => byKind.get(`${group}:${kind}`) ?? [],
    sources: ({ urn }, property) =>
      (links.get(urn)?.[property] ?? []).flatMap((source) => byUrn.get(source) ?? []),
  };
}
