import { findings } from '../findings.ts';
import type { Rule } from '../rule.ts';
import { at, UNKNOWN } from '../values.ts';

export const accountTokens: Rule = {
  id: 'SEC-06',
  name: 'sec-06-account-tokens',
  title: 'No token of an account lives for ever',
  severity: 'medium',
  standards: ['CIS 3.1.2', 'Kyverno deny-secret-service-account-token-type'],
  why: 'Such a Secret never expires; the token of a pod does after an hour.',
  fix: 'Let the pod have its projected token, or ask the TokenRequest API.',
  check: ({ kind, props }) => {
    if (kind?.group !== '' || kind.kind !== 'Secret') return [];
    const type = at(props, 'type');
    if (type === UNKNOWN) return findings('type', UNKNOWN);
    const forEver = type === 'kubernetes.io/service-account-token';
    return findings('type', forEver ? 'is the token of an account' : undefined);
  },
};
