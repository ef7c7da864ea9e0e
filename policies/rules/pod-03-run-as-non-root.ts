import { eachContainer } from '../each.ts';
import type { Rule } from '../rule.ts';
import { at, UNKNOWN } from '../values.ts';

export const runAsNonRoot: Rule = {
  id: 'POD-03',
  name: 'pod-03-run-as-non-root',
  title: 'No container runs as root',
  severity: 'high',
  standards: ['PSS restricted', 'NSA 1.0', 'CIS 5.2.7', 'C-0013', 'CKV_K8S_23', 'KSV-0012'],
  why: 'A root process that leaves its container is root on the node.',
  fix: 'Set securityContext.runAsNonRoot to true for the pod or for the container.',
  check: eachContainer(({ value, fills }, pod) => {
    // The value of the container wins over that of the pod, in both directions.
    const own = at(value, 'securityContext', 'runAsNonRoot');
    const setting = own === undefined ? at(pod.spec, 'securityContext', 'runAsNonRoot') : own;
    if (setting === UNKNOWN) return UNKNOWN;
    if (setting === true) return undefined;
    if (setting !== undefined) return 'may run as root';
    return fills('user') ? undefined : 'does not set runAsNonRoot';
  }),
};
