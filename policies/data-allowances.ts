import type { Allowance } from './waivers.ts';

const LOCAL = ['local'] as const;
/** Stacks whose data is for trying things out. */
const REHEARSALS = ['local', 'staging'] as const;

/** Databases and buckets that break a rule by their nature, each with the reason. */
export const dataAllowances: readonly Allowance[] = [
  {
    rule: 'PG-01',
    object: 'Cluster saas-data/postgres',
    places: 2,
    stacks: REHEARSALS,
    reason: 'Two instances are enough to rehearse a failover, and may share a node.',
  },
  {
    rule: 'PG-02',
    object: 'Cluster saas-data/postgres',
    places: 1,
    stacks: REHEARSALS,
    reason:
      'With two instances, demanding the second one would stop writes at each of its restarts.',
  },
  {
    rule: 'PG-03',
    object: 'ObjectStore saas-data/postgres-store',
    places: 1,
    stacks: REHEARSALS,
    reason: 'Data of rehearsals is made anew; its backups end earlier.',
  },
  {
    rule: 'PG-05',
    object: 'DatabaseRole saas-data/postgres-app-platform',
    places: 1,
    reason:
      'The audit relay, onboarding and moves work across tenants; requests never use this role.',
  },
  {
    rule: 'PG-07',
    object: 'Cluster saas-data/postgres',
    places: 1,
    stacks: LOCAL,
    reason: 'A second volume on the one disk of a rehearsal would keep nothing apart.',
  },
  {
    rule: 'PG-10',
    object: 'Pooler saas-data/postgres-pooler',
    places: 2,
    stacks: LOCAL,
    reason: 'One pod is enough where the one node takes all of them down at once.',
  },
];
