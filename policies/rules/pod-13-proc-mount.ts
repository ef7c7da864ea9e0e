import { eachContainer } from '../each.ts';
import type { Rule } from '../rule.ts';
import { at, UNKNOWN } from '../values.ts';

export const procMount: Rule = {
  id: 'POD-13',
  name: 'pod-13-proc-mount',
  title: 'The kernel files of /proc stay masked',
  severity: 'high',
  standards: ['PSS baseline', 'KSV-0027', 'kube-linter unsafe-proc-mount'],
  why: 'The unmasked folder shows and changes settings of the kernel that all pods share.',
  fix: 'Leave securityContext.procMount out.',
  check: eachContainer(({ value }) => {
    const setting = at(value, 'securityContext', 'procMount');
    if (setting === UNKNOWN) return UNKNOWN;
    return setting === undefined || setting === 'Default' ? undefined : 'unmasks /proc';
  }),
};
