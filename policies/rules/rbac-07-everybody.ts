import { eachSubject } from '../bindings.ts';
import type { Rule } from '../rule.ts';
import { at, UNKNOWN } from '../values.ts';

const EVERYBODY = /^system:(anonymous|unauthenticated|authenticated|serviceaccounts(:.*)?)$/;

export const everybody: Rule = {
  id: 'RBAC-07',
  name: 'rbac-07-everybody',
  title: 'Rights go to named accounts, never to everybody',
  severity: 'critical',
  standards: ['C-0262', 'C-0265', 'KSV-0122'],
  why: 'Anybody who reaches the API server, or any pod of the cluster, has these rights.',
  fix: 'Bind the ServiceAccount that needs the rights.',
  check: eachSubject((subject) => {
    const name = at(subject, 'name');
    if (at(subject, 'kind') === 'ServiceAccount') return undefined;
    if (name === UNKNOWN) return UNKNOWN;
    return typeof name === 'string' && EVERYBODY.test(name) ? 'is everybody' : undefined;
  }),
};
