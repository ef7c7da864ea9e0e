import { eachGrant } from '../roles.ts';
import type { Rule } from '../rule.ts';
import { UNKNOWN } from '../values.ts';

const WILD = /^\*$|^\*\/|^\/\*$/;

export const wildcards: Rule = {
  id: 'RBAC-01',
  name: 'rbac-01-wildcards',
  title: 'Roles name what they grant',
  severity: 'critical',
  standards: ['CIS 5.1.3', 'C-0187', 'CKV_K8S_49', 'KSV-0044', 'KSV-0045', 'KSV-0046'],
  why: 'A wildcard grants kinds and verbs that nobody has thought of yet, secrets and binding among them.',
  fix: 'List the API groups, resources, verbs and URLs that are needed.',
  check: eachGrant(({ groups, resources, verbs, urls }) => {
    const all = [...groups, ...resources, ...verbs, ...urls];
    if (all.some((one) => typeof one === 'string' && WILD.test(one))) return 'grants a wildcard';
    return all.includes(UNKNOWN) ? UNKNOWN : undefined;
  }),
};
