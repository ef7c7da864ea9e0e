import { eachContainer } from '../each.ts';
import type { Rule } from '../rule.ts';
import { at, UNKNOWN } from '../values.ts';

export const privilegeEscalation: Rule = {
  id: 'POD-02',
  name: 'pod-02-privilege-escalation',
  title: 'No process gains more rights than its parent',
  severity: 'high',
  standards: ['PSS restricted', 'NSA 1.7', 'CIS 5.2.6', 'C-0016', 'CKV_K8S_20', 'KSV-0001'],
  why: 'Otherwise any setuid file in the image is a way to root. The default of Kubernetes is true.',
  fix: 'Set securityContext.allowPrivilegeEscalation to false.',
  check: eachContainer(({ value, fills }) => {
    const setting = at(value, 'securityContext', 'allowPrivilegeEscalation');
    if (setting === UNKNOWN) return UNKNOWN;
    if (setting === false) return undefined;
    if (setting !== undefined) return 'allows privilege escalation';
    return fills('container-security') ? undefined : 'does not set allowPrivilegeEscalation';
  }),
};
