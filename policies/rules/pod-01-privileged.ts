import { eachContainer } from '../each.ts';
import type { Rule } from '../rule.ts';
import { at, UNKNOWN } from '../values.ts';

export const privileged: Rule = {
  id: 'POD-01',
  name: 'pod-01-privileged',
  title: 'No container is privileged',
  severity: 'critical',
  standards: ['PSS baseline', 'NSA 1.2', 'CIS 5.2.2', 'C-0057', 'CKV_K8S_16', 'KSV-0017'],
  why: 'A privileged container has every device and capability of its node: it is root there.',
  fix: 'Leave securityContext.privileged out or set it to false.',
  check: eachContainer(({ value }) => {
    const setting = at(value, 'securityContext', 'privileged');
    if (setting === UNKNOWN) return UNKNOWN;
    return setting === undefined || setting === false ? undefined : 'is privileged';
  }),
};
