import { broken, unknown } from '../findings.ts';
import type { Rule } from '../rule.ts';
import { at, entries, UNKNOWN, type Value } from '../values.ts';

const WANTED = { from: ['kind', 'namespace'], to: ['kind', 'name'] } as const;

function isNamed(value: Value): boolean {
  return typeof value === 'string' && value !== '' && value !== '*';
}

export const referenceGrants: Rule = {
  id: 'NET-11',
  name: 'net-11-reference-grants',
  title: 'A grant across namespaces names both ends',
  severity: 'medium',
  standards: ['Gateway API security model'],
  why: 'A grant without names lets any route of that namespace send traffic to every Service or Secret.',
  fix: 'Give "from" a kind and a namespace, and "to" a kind and a name.',
  check: ({ kind, props }) => {
    if (kind?.group !== 'gateway.networking.k8s.io' || kind.kind !== 'ReferenceGrant') return [];
    return (['from', 'to'] as const).flatMap((side) => {
      const path = `spec.${side}`;
      const all = entries(at(props, 'spec', side));
      if (all === UNKNOWN) return [unknown(path)];
      return all.flatMap((one, index) => {
        const values = WANTED[side].map((key) => at(one, key));
        if (values.includes(UNKNOWN)) return [unknown(`${path}[${index}]`)];
        return values.every(isNamed) ? [] : [broken(`${path}[${index}]`, 'leaves an end open')];
      });
    });
  },
};
