import type { Allowance } from './waivers.ts';

const LOCAL = ['local'] as const;

/** Databases and buckets that break a rule by their nature, each with the reason. */
export const dataAllowances: readonly Allowance[] = [
  {
    rule: 'PG-01',
    object: 'Cluster saas-data/postgres',
    places: 2,
    stacks: LOCAL,
    reason: 'Two instances share the one node of the local cluster.',
  },
  {
    rule: 'PG-02',
    object: 'Cluster saas-data/postgres',
    places: 1,
    stacks: LOCAL,
    reason:
      'With two instances, demanding the second one would stop writes at each of its restarts.',
  },
  {
    rule: 'PG-05',
    object: 'DatabaseRole saas-data/postgres-app-platform',
    places: 1,
    reason:
      'The audit relay, onboarding and moves work across tenants; requests never use this role.',
  },
  {
    rule: 'PG-10',
    object: 'Pooler saas-data/postgres-pooler',
    places: 2,
    stacks: LOCAL,
    reason: 'One pod is enough where the one node takes all of them down at once.',
  },
];
