import { eachPod } from '../each.ts';
import { broken, unknown } from '../findings.ts';
import type { Rule } from '../rule.ts';
import { at, entries, UNKNOWN } from '../values.ts';

export const sharing: Rule = {
  id: 'POD-19',
  name: 'pod-19-sharing',
  title: 'Containers of a pod do not share processes, and names come from DNS',
  severity: 'low',
  standards: ['KSV-0007', 'KSV-0008'],
  why: 'A shared process list opens the environment of every container; host aliases redirect names.',
  fix: 'Leave shareProcessNamespace, ephemeralContainers and hostAliases out.',
  check: eachPod(({ path, spec }) => {
    const shared = at(spec, 'shareProcessNamespace');
    const lists = ['ephemeralContainers', 'hostAliases'].flatMap((name) => {
      const list = entries(at(spec, name));
      if (list === UNKNOWN) return [unknown(`${path}.${name}`)];
      return list.length === 0 ? [] : [broken(`${path}.${name}`, 'is not empty')];
    });
    if (shared === UNKNOWN) return [unknown(`${path}.shareProcessNamespace`), ...lists];
    if (shared === undefined || shared === false) return lists;
    return [broken(`${path}.shareProcessNamespace`, 'is on'), ...lists];
  }),
};
