import { eachEntry, expectFields, forKinds, is, isAtLeast } from '../expect.ts';
import { findings } from '../findings.ts';
import { PSMDB } from '../mongo.ts';
import type { Finding, Rule } from '../rule.ts';
import { at, entries, UNKNOWN, type Value } from '../values.ts';

const isOddFromThree = (value: Value) => isAtLeast(3)(value) && (value as number) % 2 === 1;
const SIZE = {
  field: 'size',
  good: isOddFromThree,
  problem: 'is no odd number of 3 or more members',
};
const SPREAD = {
  field: 'affinity.antiAffinityTopologyKey',
  // The operator's default is the host.
  good: is(undefined, 'kubernetes.io/hostname', 'topology.kubernetes.io/zone'),
  problem: 'lets members share a host',
};
const ARBITER = {
  field: 'arbiter.enabled',
  good: is(undefined, false),
  problem: 'counts a member that holds no data',
};
const UNSAFE = ['replsetSize', 'mongosSize', 'terminationGracePeriod', 'backupIfUnhealthy'];

function sharding(props: Value): readonly Finding[] {
  const enabled = at(props, 'spec', 'sharding', 'enabled');
  if (enabled === UNKNOWN) return findings('spec.sharding.enabled', UNKNOWN);
  if (enabled !== true) return [];
  const part = (name: string) => at(props, 'spec', 'sharding', name);
  const routers = { field: 'size', good: isAtLeast(2), problem: 'has fewer than two routers' };
  return [
    ...expectFields(part('configsvrReplSet'), [SIZE, SPREAD], 'spec.sharding.configsvrReplSet'),
    ...expectFields(part('mongos'), [routers, SPREAD], 'spec.sharding.mongos'),
  ];
}

export const mongoMembers: Rule = {
  id: 'MG-03',
  name: 'mg-03-members',
  title: 'A MongoDB replica set has three members on three hosts',
  severity: 'high',
  standards: ['Percona Operator: high availability', 'MongoDB: replica set deployment'],
  why: 'With fewer, an even number or an arbiter, the loss of a host ends writes or loses them.',
  fix: 'Set size to an odd number from 3, anti-affinity by host or zone, no arbiter and no unsafe flag.',
  check: forKinds(PSMDB, ['PerconaServerMongoDB'], ({ props }) => {
    const sets = entries(at(props, 'spec', 'replsets'));
    const none = sets !== UNKNOWN && sets.length === 0;
    return [
      ...findings('spec.replsets', none ? 'is empty' : undefined),
      ...eachEntry(props, 'spec.replsets', (set, path) =>
        expectFields(set, [SIZE, SPREAD, ARBITER], path),
      ),
      ...expectFields(
        props,
        UNSAFE.map((flag) => ({
          field: `spec.unsafeFlags.${flag}`,
          good: is(undefined, false),
          problem: 'switches a check of the operator off',
        })),
      ),
      ...sharding(props),
    ];
  }),
};
