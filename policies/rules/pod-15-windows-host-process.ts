import { eachContainer } from '../each.ts';
import type { Rule } from '../rule.ts';
import { at, UNKNOWN, type Value } from '../values.ts';

const hostProcess = (value: Value) => at(value, 'securityContext', 'windowsOptions', 'hostProcess');

export const windowsHostProcess: Rule = {
  id: 'POD-15',
  name: 'pod-15-windows-host-process',
  title: 'No container is a process of a Windows node',
  severity: 'medium',
  standards: ['PSS baseline', 'CIS 5.2.11', 'KSV-0103'],
  why: 'Such a container has all rights of the node.',
  fix: 'Leave securityContext.windowsOptions.hostProcess out.',
  check: eachContainer(({ value }, pod) => {
    const own = hostProcess(value);
    const setting = own === undefined ? hostProcess(pod.spec) : own;
    if (setting === UNKNOWN) return UNKNOWN;
    return setting === undefined || setting === false ? undefined : 'is a process of the node';
  }),
};
