import { eachContainer } from '../each.ts';
import { quantity } from '../quantity.ts';
import type { Rule } from '../rule.ts';
import { at, UNKNOWN } from '../values.ts';

export const memoryLimit: Rule = {
  id: 'RES-02',
  name: 'res-02-memory-limit',
  title: 'Every container has a limit of memory',
  severity: 'high',
  standards: [
    'NSA 4.0',
    'C-0271',
    'CKV_K8S_13',
    'KSV-0018',
    'kube-linter unset-memory-requirements',
  ],
  why: 'One leak takes the memory of the node, and the kernel kills a neighbour.',
  fix: 'Set resources.limits.memory to at least the request.',
  check: eachContainer(({ value, list, fills }) => {
    if (list === 'ephemeralContainers') return undefined;
    const limit = at(value, 'resources', 'limits', 'memory');
    const request = at(value, 'resources', 'requests', 'memory');
    if (limit === UNKNOWN || request === UNKNOWN) return UNKNOWN;
    if (limit === undefined) return fills('resources') ? undefined : 'has no limit of memory';
    const [most, least] = [quantity(limit), quantity(request ?? 0)];
    if (most === undefined || most === 0) return 'has a limit of memory that is no quantity';
    return least !== undefined && least > most ? 'asks for more memory than its limit' : undefined;
  }),
};
