import { expectFields, forKinds, is } from '../expect.ts';
import { findings } from '../findings.ts';
import { CNPG } from '../postgres.ts';
import type { Rule } from '../rule.ts';
import { at, UNKNOWN, type Value } from '../values.ts';

/** Seconds that the operator uses by itself. */
const LEASE = {
  leaseDurationSeconds: 15,
  renewDeadlineSeconds: 10,
  retryPeriodSeconds: 2,
  releasedLeaseDurationSeconds: 1,
};

const ANNOTATIONS: readonly (readonly [name: string, bad: (value: Value) => boolean, string])[] = [
  ['cnpg.io/fencedInstances', (value) => value !== undefined, 'keeps instances from running'],
  [
    'cnpg.io/validation',
    (value) => value === 'disabled',
    'switches the checks of the operator off',
  ],
];

export const splitBrain: Rule = {
  id: 'PG-08',
  name: 'pg-08-fencing',
  title: 'What keeps PostgreSQL from having two primaries is left on',
  severity: 'high',
  standards: ['CloudNativePG: failover', 'CloudNativePG: fencing'],
  why: 'Two primaries take writes that nobody can join again.',
  fix: 'Leave isolationCheck, primaryLease and enableAlterSystem as the operator has them, and fence only by hand.',
  check: forKinds(CNPG, ['Cluster'], ({ props }) => [
    ...expectFields(props, [
      {
        field: 'spec.probes.liveness.isolationCheck.enabled',
        good: is(undefined, true),
        problem: 'lets an isolated primary go on',
      },
      {
        field: 'spec.postgresql.enableAlterSystem',
        good: is(undefined, false),
        problem: 'lets a session change the server behind the operator',
      },
      ...Object.entries(LEASE).map(([field, value]) => ({
        field: `spec.primaryLease.${field}`,
        good: is(undefined, value),
        problem: 'changes the lease of the primary',
      })),
    ]),
    ...ANNOTATIONS.flatMap(([name, bad, problem]) => {
      const value = at(props, 'metadata', 'annotations', name);
      const verdict = value === UNKNOWN ? UNKNOWN : bad(value) ? problem : undefined;
      return findings(`metadata.annotations["${name}"]`, verdict);
    }),
  ]),
};
