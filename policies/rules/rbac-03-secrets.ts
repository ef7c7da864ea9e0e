import { eachGrant, every, names, verdict } from '../roles.ts';
import type { Rule } from '../rule.ts';
import { UNKNOWN } from '../values.ts';

export const secretReaders: Rule = {
  id: 'RBAC-03',
  name: 'rbac-03-secrets',
  title: 'Only named Secrets can be read',
  severity: 'high',
  standards: ['CIS 5.1.2', 'C-0015', 'C-0186', 'KSV-0041', 'KSV-0113'],
  why: 'Whoever reads all Secrets of a namespace has every password and key in it.',
  fix: 'Add resourceNames. "list" and "watch" then need a field selector on the name.',
  check: eachGrant((grant) => {
    const named = grant.names.includes(UNKNOWN) ? UNKNOWN : grant.names.length === 0;
    return verdict(
      every(
        names(grant.groups, ['']),
        names(grant.resources, ['secrets']),
        names(grant.verbs, ['get', 'list', 'watch']),
        named,
      ),
      'reads every Secret',
    );
  }),
};
