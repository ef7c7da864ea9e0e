import { eachPort } from '../ports.ts';
import type { Rule } from '../rule.ts';
import { at, UNKNOWN } from '../values.ts';

export const hostPorts: Rule = {
  id: 'POD-10',
  name: 'pod-10-host-ports',
  title: 'No container takes a port of its node',
  severity: 'medium',
  standards: ['PSS baseline', 'CIS 5.2.13', 'C-0044', 'CKV_K8S_26', 'KSV-0024'],
  why: 'Such a port is reached past every Service and network policy, and two pods cannot share it.',
  fix: 'Leave hostPort out and use a Service.',
  check: eachPort((port) => {
    const setting = at(port, 'hostPort');
    if (setting === UNKNOWN) return UNKNOWN;
    return setting === undefined || setting === 0 ? undefined : 'takes a port of its node';
  }),
};
