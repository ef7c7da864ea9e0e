import { expectFields, forKinds, is, isAtLeast } from '../expect.ts';
import { CNPG } from '../postgres.ts';
import type { Rule } from '../rule.ts';

export const postgresInstances: Rule = {
  id: 'PG-01',
  name: 'pg-01-instances',
  title: 'A PostgreSQL cluster has three instances on three hosts',
  severity: 'high',
  standards: ['CloudNativePG: scheduling', 'CloudNativePG: instances'],
  why: 'With fewer, or with two on one host, the loss of a host ends writes or the service itself.',
  fix: 'Set instances to 3 or more, keep enablePDB, and demand anti-affinity (required) by host or zone.',
  check: forKinds(CNPG, ['Cluster'], ({ props }) =>
    expectFields(props, [
      { field: 'spec.instances', good: isAtLeast(3), problem: 'has fewer than three instances' },
      {
        field: 'spec.enablePDB',
        good: is(undefined, true),
        problem: 'lets drains stop the primary',
      },
      {
        field: 'spec.affinity.enablePodAntiAffinity',
        good: is(undefined, true),
        problem: 'lets instances share a host',
      },
      {
        field: 'spec.affinity.podAntiAffinityType',
        good: is('required'),
        problem: 'lets instances share a host when it is convenient',
      },
      {
        field: 'spec.affinity.topologyKey',
        // The operator's default is the host.
        good: is(undefined, 'kubernetes.io/hostname', 'topology.kubernetes.io/zone'),
        problem: 'spreads instances over something other than hosts or zones',
      },
    ]),
  ),
};
