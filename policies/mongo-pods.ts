import type { ContainerList, Filled, PodPart } from './pods.ts';
import { at, entries, UNKNOWN, type Value } from './values.ts';

/** The operator brings images, probes and the pod itself; a context of ours replaces its own whole. */
const FILLS: readonly Filled[] = ['image', 'lifecycle', 'read-only-root'];

type Fields = Readonly<Record<string, Value>>;

/** Keeps unknown values: an absent one leaves the field out. */
function withField(name: string, value: Value): Fields {
  return value === undefined ? {} : { [name]: value };
}

/** A container that PerconaServerMongoDB describes by fields of its own. */
function container(name: string, part: Value, security: Value, image: Value): Value {
  return {
    name,
    ...withField('securityContext', security),
    ...withField('image', image),
    ...withField('resources', at(part, 'resources')),
  };
}

/**
 * The pods of a PerconaServerMongoDB as the operator would build them: every replica set with its
 * sidecars, the backup agent and the init container in each, and what sharding adds.
 */
export function mongoPods(object: Value): readonly PodPart[] {
  const spec = at(object, 'spec');
  if (spec === UNKNOWN) return [{ path: 'spec', spec: UNKNOWN, own: [], fills: [] }];
  const sets = entries(at(spec, 'replsets'));
  const replicaSets: readonly Member[] =
    sets === UNKNOWN
      ? [{ path: 'spec.replsets', part: UNKNOWN, name: 'mongod' }]
      : sets.map((part, index) => ({ path: `spec.replsets[${index}]`, part, name: 'mongod' }));
  const sharded = at(spec, 'sharding', 'enabled') !== false;
  const shards = ['configsvrReplSet', 'mongos'].flatMap((field): Member[] => {
    const part = sharded ? at(spec, 'sharding', field) : undefined;
    const name = field === 'mongos' ? 'mongos' : 'mongod';
    return part === undefined ? [] : [{ path: `spec.sharding.${field}`, part, name }];
  });
  return [...replicaSets, ...shards]
    .flatMap((set) => [set, ...extraMembers(set)])
    .map((member) => podOf(spec, member));
}

/** Members of other kinds in a replica set: they take over what they do not set themselves. */
function extraMembers({ path, part, name }: Member): readonly Member[] {
  return ['nonvoting', 'hidden', 'arbiter'].flatMap((field): Member[] => {
    const own = at(part, field);
    if (at(own, 'enabled') !== true) return [];
    const merged = { ...(part as Fields), ...(own as Fields) };
    return [{ path: `${path}.${field}`, part: merged, name }];
  });
}

interface Member {
  readonly path: string;
  readonly part: Value;
  readonly name: string;
}

function podOf(spec: Value, { path, part, name }: Member): PodPart {
  if (part === UNKNOWN) return { path, spec: UNKNOWN, own: [], fills: [] };
  const agents = name === 'mongod' ? ['backup', 'logcollector', 'pmm'] : ['pmm'];
  const helpers = agents.filter((agent) => at(spec, agent, 'enabled') === true);
  const main = container(name, part, at(part, 'containerSecurityContext'), at(spec, 'image'));
  const others = helpers.map((helper) => {
    const value = at(spec, helper);
    return container(helper, value, at(value, 'containerSecurityContext'), at(value, 'image'));
  });
  const more = entries(at(part, 'sidecars'));
  const containers: Value = more === UNKNOWN ? UNKNOWN : [main, ...others, ...more];
  const place = (list: ContainerList, index?: number) => {
    if (list !== 'containers') return 'spec.initContainerSecurityContext';
    if (index === undefined) return `${path}.sidecars`;
    if (index === 0) return path;
    const helper = helpers[index - 1];
    return helper ? `spec.${helper}` : `${path}.sidecars[${index - 1 - helpers.length}]`;
  };
  return {
    path,
    place,
    own: [name, ...helpers, 'mongo-init'],
    fills: FILLS,
    spec: {
      containers,
      // It gets the resources of the servers.
      initContainers: [
        container('mongo-init', part, at(spec, 'initContainerSecurityContext'), undefined),
      ],
      ...withField('securityContext', at(part, 'podSecurityContext')),
      ...withField('serviceAccountName', at(part, 'serviceAccountName')),
      ...withField('volumes', at(part, 'sidecarVolumes')),
      ...withField('topologySpreadConstraints', at(part, 'topologySpreadConstraints')),
      ...withField('affinity', at(part, 'affinity', 'advanced')),
      ...withField('priorityClassName', at(part, 'priorityClassName')),
      ...withField('hostAliases', at(part, 'hostAliases')),
      ...withField('terminationGracePeriodSeconds', at(part, 'terminationGracePeriodSeconds')),
    },
  };
}
