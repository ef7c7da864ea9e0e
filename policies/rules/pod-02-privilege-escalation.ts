import type { Rule } from '../rule.ts';
import { at, UNKNOWN } from '../values.ts';
import { eachContainer } from './each-container.ts';

export const privilegeEscalation: Rule = {
  id: 'POD-02',
  name: 'pod-02-privilege-escalation',
  title: 'No process gains more rights than its parent',
  severity: 'high',
  why: 'Otherwise any setuid file in the image is a way to root. The default of Kubernetes is true.',
  fix: 'Set securityContext.allowPrivilegeEscalation to false.',
  check: eachContainer(({ value }) => {
    const setting = at(value, 'securityContext', 'allowPrivilegeEscalation');
    if (setting === UNKNOWN) return UNKNOWN;
    if (setting === false) return undefined;
    return setting === undefined
      ? 'does not set allowPrivilegeEscalation'
      : 'allows privilege escalation';
  }),
};
