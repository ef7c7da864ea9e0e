import { eachGrant, names, verdict } from '../roles.ts';
import type { Rule } from '../rule.ts';

export const escalation: Rule = {
  id: 'RBAC-05',
  name: 'rbac-05-escalation',
  title: 'Nobody can give himself more rights',
  severity: 'critical',
  standards: [
    'CIS 5.1.8',
    'C-0065',
    'C-0191',
    'CKV_K8S_157',
    'CKV_K8S_158',
    'KSV-0043',
    'KSV-0050',
  ],
  why: '"escalate" and "bind" reach every role, "impersonate" every person.',
  fix: 'Leave the verbs escalate, bind and impersonate out.',
  check: eachGrant(({ verbs }) =>
    verdict(names(verbs, ['escalate', 'bind', 'impersonate']), 'allows to gain rights'),
  ),
};
