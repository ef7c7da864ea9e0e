import { expectFields, forKinds, is, isAtLeast } from '../expect.ts';
import { CNPG } from '../postgres.ts';
import type { Rule } from '../rule.ts';

const SYNCHRONOUS = 'spec.postgresql.synchronous';

export const synchronous: Rule = {
  id: 'PG-02',
  name: 'pg-02-synchronous',
  title: 'A commit of PostgreSQL is on two instances before it is answered',
  severity: 'high',
  standards: ['CloudNativePG: replication', 'CloudNativePG: quorum failover'],
  why: 'Without it, a failover loses rows that users were told are saved.',
  fix: 'Set postgresql.synchronous with number 1 or more, dataDurability required and failoverQuorum true.',
  check: forKinds(CNPG, ['Cluster'], ({ props }) =>
    expectFields(props, [
      {
        field: `${SYNCHRONOUS}.number`,
        good: isAtLeast(1),
        problem: 'waits for no second instance',
      },
      {
        field: `${SYNCHRONOUS}.dataDurability`,
        // The operator's default is required.
        good: is(undefined, 'required'),
        problem: 'stops waiting when no second instance answers',
      },
      {
        field: `${SYNCHRONOUS}.failoverQuorum`,
        good: is(true),
        problem: 'may fail over to an instance that lacks commits',
      },
    ]),
  ),
};
