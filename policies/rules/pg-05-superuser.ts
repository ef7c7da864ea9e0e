import { eachEntry, expectFields, forKinds, is } from '../expect.ts';
import { CNPG } from '../postgres.ts';
import type { Finding, Rule } from '../rule.ts';
import { at, entries, UNKNOWN, type Value } from '../values.ts';

const role = (value: Value, under: string): readonly Finding[] =>
  expectFields(
    value,
    [
      { field: 'superuser', good: is(undefined, false), problem: 'is a superuser' },
      { field: 'bypassrls', good: is(undefined, false), problem: 'sees the rows of every tenant' },
      {
        field: 'inRoles',
        good: (roles) => {
          const list = entries(roles);
          if (list === UNKNOWN) return UNKNOWN;
          if (list.includes('postgres')) return false;
          return list.includes(UNKNOWN) ? UNKNOWN : true;
        },
        problem: 'is a member of postgres',
      },
    ],
    under,
  );

export const superuser: Rule = {
  id: 'PG-05',
  name: 'pg-05-superuser',
  title: 'Nobody logs in to PostgreSQL above row-level security',
  severity: 'critical',
  standards: ['CloudNativePG: security'],
  why: 'Such a login reads every tenant, and a superuser runs programs on the server.',
  fix: 'Leave enableSuperuserAccess off, and give roles neither superuser nor bypassrls nor membership in postgres.',
  check: (resource, context) => [
    ...forKinds(CNPG, ['Cluster'], ({ props }) => [
      ...expectFields(props, [
        {
          field: 'spec.enableSuperuserAccess',
          good: is(undefined, false),
          problem: 'gives the superuser a password',
        },
      ]),
      ...eachEntry(props, 'spec.managed.roles', role),
    ])(resource, context),
    ...forKinds(CNPG, ['DatabaseRole'], ({ props }) => role(at(props, 'spec'), 'spec'))(
      resource,
      context,
    ),
  ],
};
