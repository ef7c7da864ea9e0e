import { bytes } from '../../../infra/config/quantity.ts';
import { lossOf } from '../../../infra/review/kinds.ts';
import { formerUrns } from './former-urns.ts';
import type { Recorded } from './mocks.ts';

type Json = Readonly<Record<string, unknown>>;

/** Inputs that a resource cannot change without being made anew, and sizes that must not shrink. */
export interface Held {
  readonly fixed: Json;
  readonly sizes: Readonly<Record<string, string>>;
}

/** Per URN without stack and project: what holds data, or a key or password that data depends on. */
export type HeldData = Readonly<Record<string, Held>>;

/** Per kind: dotted paths of the inputs that cannot change in place. */
const FIXED: Readonly<Record<string, readonly string[]>> = {
  StatefulSet: ['spec.serviceName', 'spec.selector', 'spec.podManagementPolicy'],
  PersistentVolumeClaim: ['spec.storageClassName', 'spec.accessModes', 'spec.volumeMode'],
  Cluster: ['spec.bootstrap', 'spec.storage.storageClass', 'spec.walStorage.storageClass'],
  Database: ['spec.name', 'spec.owner', 'spec.cluster', 'spec.databaseReclaimPolicy'],
  DatabaseRole: ['spec.name', 'spec.cluster'],
  ObjectStore: ['spec.configuration.destinationPath'],
  Bucket: ['bucket', 'bucketPrefix'],
  BucketVersioning: ['bucket'],
};
const SIZES: Readonly<Record<string, readonly string[]>> = {
  PersistentVolumeClaim: ['spec.resources.requests.storage'],
  Cluster: ['spec.storage.size', 'spec.walStorage.size'],
};
/** These are made anew, with another secret, when any input changes. */
const KEYS = /^(random:|tls:index\/privateKey:)/;

/** What of a plan must outlive every later change. */
export function heldData(resources: readonly Recorded[]): HeldData {
  const urns = formerUrns(resources);
  const held = resources
    .filter(({ type }) => holds(type))
    .map((one): [string, Held] => [urns.get(one)?.[0] ?? '', heldOf(one)]);
  return Object.fromEntries(held.sort(([one], [other]) => (one < other ? -1 : 1)));
}

function holds(type: string): boolean {
  return lossOf(type) !== undefined || KEYS.test(type) || type.endsWith(':DatabaseRole');
}

function heldOf({ type, inputs }: Recorded): Held {
  if (KEYS.test(type)) return { fixed: inputs, sizes: {} };
  const kind = type.split(':').at(-1) ?? '';
  const paths = [
    'metadata.name',
    'metadata.namespace',
    'clusterIdentifier',
    ...(FIXED[kind] ?? []),
  ];
  const claims = kind === 'StatefulSet' ? { claims: claimsOf(inputs) } : {};
  return {
    fixed: { ...pick(inputs, paths), ...claims },
    sizes: pick(inputs, SIZES[kind] ?? []) as Record<string, string>,
  };
}

/** A StatefulSet keeps the templates of its volumes for life, their size too. */
function claimsOf(inputs: Json): unknown {
  const templates = at(inputs, 'spec.volumeClaimTemplates') as Json[] | undefined;
  return (templates ?? []).map((claim) => ({
    name: at(claim, 'metadata.name'),
    spec: claim['spec'],
  }));
}

function pick(inputs: Json, paths: readonly string[]): Json {
  const found = paths.map((path) => [path, at(inputs, path)] as const);
  return Object.fromEntries(found.filter(([, value]) => value !== undefined));
}

function at(node: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((inner, key) => (Object(inner) as Json)[key], node);
}

/** What a change would delete, rename without an alias, make anew or shrink; empty when it is safe. */
export function losses(before: HeldData, resources: readonly Recorded[]): string[] {
  const after = new Map<string, Recorded>();
  for (const [resource, urns] of formerUrns(resources)) {
    for (const urn of urns) after.set(urn, resource);
  }
  return Object.entries(before).flatMap(([urn, { fixed, sizes }]) => {
    const resource = after.get(urn);
    if (resource === undefined) return [`${urn}: would be deleted. If it was renamed, alias it.`];
    const now = heldOf(resource);
    const paths = [...new Set([...Object.keys(fixed), ...Object.keys(now.fixed)])];
    const changed = paths
      .filter((path) => JSON.stringify(fixed[path]) !== JSON.stringify(now.fixed[path]))
      .map((path) => `${urn}: would be made anew: ${path} changes.`);
    const shrunk = Object.entries(sizes)
      .filter(([path, size]) => (bytes(now.sizes[path] ?? '0') ?? 0) < (bytes(size) ?? 0))
      .map(([path]) => `${urn}: would have to shrink, which it cannot: ${path}.`);
    return [...changed, ...shrunk];
  });
}
