import { eachContainer } from '../each.ts';
import type { Rule } from '../rule.ts';
import { at, UNKNOWN, type Value } from '../values.ts';

const typeOf = (value: Value) => at(value, 'securityContext', 'seccompProfile', 'type');

export const seccomp: Rule = {
  id: 'POD-06',
  name: 'pod-06-seccomp',
  title: 'Every container runs under a seccomp profile',
  severity: 'high',
  standards: ['PSS restricted', 'NSA 1.10', 'CIS 5.7.2', 'C-0210', 'CKV_K8S_31', 'KSV-0030'],
  why: 'Without one, a process may use every system call, the faulty and forgotten ones too.',
  fix: 'Set securityContext.seccompProfile.type of the pod to RuntimeDefault.',
  check: eachContainer(({ value, fills }, pod) => {
    const own = typeOf(value);
    const type = own === undefined ? typeOf(pod.spec) : own;
    if (type === UNKNOWN) return UNKNOWN;
    if (type === 'RuntimeDefault' || type === 'Localhost') return undefined;
    if (type !== undefined) return 'runs without a seccomp profile';
    return fills('seccomp') ? undefined : 'sets no seccomp profile';
  }),
};
