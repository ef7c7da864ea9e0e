import type { Rule } from '../rule.ts';
import { at, UNKNOWN } from '../values.ts';
import { eachContainer } from './each-container.ts';

export const runAsNonRoot: Rule = {
  id: 'POD-03',
  name: 'pod-03-run-as-non-root',
  title: 'No container runs as root',
  severity: 'high',
  why: 'A root process that leaves its container is root on the node.',
  fix: 'Set securityContext.runAsNonRoot to true for the pod or for the container.',
  check: eachContainer(({ value }, pod) => {
    // The value of the container wins over that of the pod, in both directions.
    const own = at(value, 'securityContext', 'runAsNonRoot');
    const setting = own === undefined ? at(pod.spec, 'securityContext', 'runAsNonRoot') : own;
    if (setting === UNKNOWN) return UNKNOWN;
    if (setting === true) return undefined;
    return setting === undefined ? 'does not set runAsNonRoot' : 'may run as root';
  }),
};
