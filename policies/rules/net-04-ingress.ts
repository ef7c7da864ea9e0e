import type { Rule } from '../rule.ts';
import { selectsAll } from '../selectors.ts';
import { eachPeer } from '../traffic.ts';
import { at, UNKNOWN } from '../values.ts';
import { everywhere } from './net-03-egress.ts';

export const ingress: Rule = {
  id: 'NET-04',
  name: 'net-04-ingress',
  title: 'Only the gateway is open to everybody',
  severity: 'high',
  standards: ['KSV-0038', 'kube-linter dangling-networkpolicypeer-podselector'],
  why: 'A path that every pod or address may take is one that nobody watches.',
  fix: 'Name the pods and the namespace of the caller in "from".',
  check: (policy) =>
    eachPeer(
      policy,
      'ingress',
      (peer) => {
        const selector = at(peer, 'namespaceSelector');
        const all = selector === undefined ? false : selectsAll(selector);
        if (all === true) return 'lets in every namespace';
        const address = everywhere(peer, 'lets in every address');
        return address ?? (all === UNKNOWN ? UNKNOWN : undefined);
      },
      'lets in everybody',
    ),
};
