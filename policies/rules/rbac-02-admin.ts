import { eachSubject, isBinding } from '../bindings.ts';
import { findings } from '../findings.ts';
import type { Rule } from '../rule.ts';
import { at, UNKNOWN } from '../values.ts';

const ADMIN = ['cluster-admin', 'admin'];

const masters = eachSubject((subject) => {
  const name = at(subject, 'name');
  if (name === UNKNOWN) return at(subject, 'kind') === 'ServiceAccount' ? undefined : UNKNOWN;
  return name === 'system:masters' ? 'is the group that no rule can bind' : undefined;
});

export const admin: Rule = {
  id: 'RBAC-02',
  name: 'rbac-02-admin',
  title: 'Nothing is made an administrator',
  severity: 'critical',
  standards: ['CIS 5.1.1', 'CIS 5.1.7', 'C-0185', 'KSV-0111', 'KSV-0123'],
  why: 'Whoever takes over that subject owns every tenant and every backup of the cluster.',
  fix: 'Bind a role that lists what is needed.',
  check: (resource) => {
    if (!isBinding(resource)) return [];
    const role = at(resource.props, 'roleRef', 'name');
    const problem = ADMIN.includes(role as string) ? 'binds an administrator role' : undefined;
    return [...findings('roleRef', role === UNKNOWN ? UNKNOWN : problem), ...masters(resource)];
  },
};
