import { eachContainer } from '../each.ts';
import type { Rule } from '../rule.ts';
import { at, entries, UNKNOWN } from '../values.ts';

const ALLOWED = 'NET_BIND_SERVICE';

export const capabilities: Rule = {
  id: 'POD-05',
  name: 'pod-05-capabilities',
  title: 'Containers drop all capabilities',
  severity: 'high',
  standards: ['PSS restricted', 'CIS 5.2.8', 'CIS 5.2.9', 'CIS 5.2.10', 'C-0046', 'CKV_K8S_37'],
  why: 'The default set lets a container forge packets, change owners and write device files.',
  fix: `Set securityContext.capabilities.drop to ["ALL"] and add at most ${ALLOWED}.`,
  check: eachContainer(({ value, fills }) => {
    const drop = entries(at(value, 'securityContext', 'capabilities', 'drop'));
    const add = entries(at(value, 'securityContext', 'capabilities', 'add'));
    const added = add === UNKNOWN ? [] : add;
    const extra = added.filter((one) => one !== UNKNOWN && one !== ALLOWED);
    if (extra.length > 0) return `adds capabilities other than ${ALLOWED}`;
    if (add === UNKNOWN || added.includes(UNKNOWN)) return UNKNOWN;
    if (drop === UNKNOWN) return UNKNOWN;
    if (drop.includes('ALL')) return undefined;
    if (drop.includes(UNKNOWN)) return UNKNOWN;
    const left = at(value, 'securityContext', 'capabilities') === undefined;
    return left && fills('container-security') ? undefined : 'does not drop ALL capabilities';
  }),
};
