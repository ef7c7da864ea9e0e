import type { Rule } from '../rule.ts';
import { at, entries, UNKNOWN } from '../values.ts';
import { eachContainer } from './each-container.ts';

const ALLOWED = 'NET_BIND_SERVICE';

export const capabilities: Rule = {
  id: 'POD-05',
  name: 'pod-05-capabilities',
  title: 'Containers drop all capabilities',
  severity: 'high',
  why: 'The default set lets a container forge packets, change owners and write device files.',
  fix: `Set securityContext.capabilities.drop to ["ALL"] and add at most ${ALLOWED}.`,
  check: eachContainer(({ value }) => {
    const drop = entries(at(value, 'securityContext', 'capabilities', 'drop'));
    const add = entries(at(value, 'securityContext', 'capabilities', 'add'));
    const added = add === UNKNOWN ? [] : add;
    const dropped = drop === UNKNOWN ? [] : drop;
    const extra = added.filter((one) => one !== UNKNOWN && one !== ALLOWED);
    if (extra.length > 0) return `adds ${extra.map(String).join(', ')}`;
    const unclear = drop === UNKNOWN || dropped.includes(UNKNOWN);
    if (add === UNKNOWN || added.includes(UNKNOWN)) return UNKNOWN;
    if (dropped.includes('ALL')) return undefined;
    return unclear ? UNKNOWN : 'does not drop ALL capabilities';
  }),
};
