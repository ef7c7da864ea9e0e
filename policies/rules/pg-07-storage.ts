import { expectFields, forKinds, is, isText } from '../expect.ts';
import { CNPG } from '../postgres.ts';
import type { Rule } from '../rule.ts';
import { at, fields, UNKNOWN, type Value } from '../values.ts';

/** A copy of another cluster has the checksums that the other one has. */
function copies(props: Value): boolean {
  const bootstrap = fields(at(props, 'spec', 'bootstrap'));
  if (bootstrap === UNKNOWN) return false;
  return bootstrap.some(([key]) => ['recovery', 'pg_basebackup'].includes(key));
}

const set = (field: string) => ({
  field: `spec.resources.${field}`,
  good: (value: Value) => isText(value) || typeof value === 'number',
  problem: 'is not set',
});

export const postgresStorage: Rule = {
  id: 'PG-07',
  name: 'pg-07-storage',
  title: 'PostgreSQL notices damaged pages, and its WAL has a volume of its own',
  severity: 'medium',
  standards: ['CloudNativePG: storage', 'CloudNativePG: bootstrap'],
  why: 'Silent damage spreads into backups, and a WAL that fills the data volume stops the database.',
  fix: 'Set bootstrap.initdb.dataChecksums, walStorage.size, and requests and a memory limit.',
  check: forKinds(CNPG, ['Cluster'], ({ props }) => [
    ...(copies(props)
      ? []
      : expectFields(props, [
          {
            field: 'spec.bootstrap.initdb.dataChecksums',
            good: is(true),
            problem: 'has no checksums of pages',
          },
        ])),
    ...expectFields(props, [
      { field: 'spec.walStorage.size', good: isText, problem: 'shares its volume with the WAL' },
      set('requests.cpu'),
      set('requests.memory'),
      set('limits.memory'),
    ]),
  ]),
};
