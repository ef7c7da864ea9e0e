import type { Exception } from './waivers.ts';

/** Objects that may break a rule for a while. */
export const exceptions: readonly Exception[] = [
  {
    rule: 'PG-07',
    object: 'Cluster saas-data/postgres',
    places: 1,
    owner: 'platform team',
    since: '2026-11-25',
    until: '2027-02-22',
    reason: 'The WAL shares the data volume until the settings have a size for its own.',
  },
];
