import { eachContainer } from '../each.ts';
import type { Rule } from '../rule.ts';
import { at, UNKNOWN } from '../values.ts';

export const requests: Rule = {
  id: 'RES-01',
  name: 'res-01-requests',
  title: 'Every container asks for what it needs',
  severity: 'medium',
  standards: ['C-0268', 'C-0269', 'CKV_K8S_10', 'CKV_K8S_12', 'KSV-0015', 'KSV-0016'],
  why: 'Without requests the scheduler packs nodes until something dies.',
  fix: 'Set resources.requests.cpu and resources.requests.memory.',
  check: eachContainer(({ value, list, fills }) => {
    if (list === 'ephemeralContainers') return undefined;
    // A limit alone is the request too.
    const amount = (name: string) =>
      at(value, 'resources', 'requests', name) ?? at(value, 'resources', 'limits', name);
    const amounts = [amount('cpu'), amount('memory')];
    if (amounts.includes(UNKNOWN)) return UNKNOWN;
    const set = amounts.every((one) => ['string', 'number'].includes(typeof one) && one !== '');
    return set || fills('resources') ? undefined : 'has no request for cpu or memory';
  }),
};
