import { prefixOf } from '../addresses.ts';
import type { Verdict } from '../findings.ts';
import type { Rule } from '../rule.ts';
import { eachPeer } from '../traffic.ts';
import { at, UNKNOWN, type Value } from '../values.ts';

/** Shorter prefixes are no network of anybody. */
const BROAD = 8;

/** The problem of a peer that is (nearly) every address. */
export function everywhere(peer: Value, problem: string): Verdict {
  const cidr = at(peer, 'ipBlock', 'cidr');
  if (at(peer, 'ipBlock') === undefined) return undefined;
  if (cidr === UNKNOWN) return UNKNOWN;
  const prefix = typeof cidr === 'string' ? prefixOf(cidr) : undefined;
  return prefix === undefined || prefix < BROAD ? problem : undefined;
}

export const egress: Rule = {
  id: 'NET-03',
  name: 'net-03-egress',
  title: 'No pod may talk to the whole internet',
  severity: 'high',
  standards: ['NSA 3.2', 'KSV-0038'],
  why: 'An open way out carries data away and brings tools in.',
  fix: 'Name the pods, the namespaces, or the networks of the service in "to".',
  check: (policy) =>
    eachPeer(
      policy,
      'egress',
      (peer) => everywhere(peer, 'opens the way to every address'),
      'opens the way to everybody',
    ),
};
