import { about, findings } from '../findings.ts';
import type { Resource } from '../resource.ts';
import type { Rule } from '../rule.ts';
import { selectsAll, type Match } from '../selectors.ts';
import { at, entries, UNKNOWN, type Value } from '../values.ts';

/** Whether a policy closes both directions for every pod. */
function deniesAll({ props }: Resource): Match {
  const spec = at(props, 'spec');
  const types = entries(at(spec, 'policyTypes'));
  const lists: readonly (readonly Value[] | typeof UNKNOWN)[] = [
    entries(at(spec, 'ingress')),
    entries(at(spec, 'egress')),
  ];
  const all = selectsAll(at(spec, 'podSelector') ?? {});
  if (all === false || lists.some((list) => list !== UNKNOWN && list.length > 0)) return false;
  if (types === UNKNOWN || lists.includes(UNKNOWN) || all === UNKNOWN) return UNKNOWN;
  if (['Ingress', 'Egress'].every((type) => types.includes(type))) return true;
  return types.includes(UNKNOWN) ? UNKNOWN : false;
}

export const defaultDeny: Rule = {
  id: 'NET-01',
  name: 'net-01-default-deny',
  title: 'Every namespace denies all traffic that nobody declared',
  severity: 'critical',
  standards: ['NSA 3.1', 'CIS 5.3.2', 'C-0030', 'C-0206', 'KSV-0038'],
  why: 'Without it, one pod that is taken over reaches every database and the internet.',
  fix: 'Add a NetworkPolicy with podSelector {}, both policyTypes and no rules to the namespace.',
  checkStack: (stack) => {
    const policies = stack
      .ofKind('networking.k8s.io', 'NetworkPolicy')
      .map((policy) => ({ namespace: policy.namespace, denies: deniesAll(policy) }))
      .filter(({ denies }) => denies !== false);
    return stack.ofKind('', 'Namespace').flatMap((namespace) => {
      const own = policies.filter((policy) => policy.namespace === namespace.objectName);
      if (namespace.objectName !== UNKNOWN && own.some(({ denies }) => denies === true)) return [];
      const perhaps = own.length > 0 || policies.some((policy) => policy.namespace === UNKNOWN);
      const unclear = perhaps || namespace.objectName === UNKNOWN;
      const verdict = unclear ? UNKNOWN : 'the namespace has no default deny in both directions';
      return about(namespace, findings('metadata.name', verdict));
    });
  },
};
