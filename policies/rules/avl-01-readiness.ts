import { eachContainer } from '../each.ts';
import type { Rule } from '../rule.ts';
import { at, UNKNOWN } from '../values.ts';

export const readiness: Rule = {
  id: 'AVL-01',
  name: 'avl-01-readiness',
  title: 'No request goes to a container that cannot answer',
  severity: 'high',
  standards: [
    'C-0018',
    'CKV_K8S_9',
    'kube-linter no-readiness-probe',
    'Polaris readinessProbeMissing',
  ],
  why: 'Without a readiness probe, every update sends requests to a process that still starts.',
  fix: 'Add a readinessProbe that asks whether the container can serve.',
  check: eachContainer(({ value, list, fills }, pod) => {
    if (pod.shortLived || list !== 'containers') return undefined;
    const probe = at(value, 'readinessProbe');
    if (probe === UNKNOWN) return UNKNOWN;
    const set = typeof probe === 'object' && Object.keys(probe ?? {}).length > 0;
    return set || fills('lifecycle') ? undefined : 'has no readiness probe';
  }),
};
