import { isKind } from './expect.ts';
import { findings, type Verdict } from './findings.ts';
import type { Resource } from './resource.ts';
import type { Finding } from './rule.ts';
import { at, entries, UNKNOWN, type Value } from './values.ts';

export type Direction = 'ingress' | 'egress';

const PEERS = { ingress: 'from', egress: 'to' } as const;

interface TrafficRule {
  readonly rule: Value;
  readonly path: string;
  /** Its peers; none means everybody. */
  readonly peers: readonly Value[] | typeof UNKNOWN;
  readonly peersPath: string;
}

/** The rules of a NetworkPolicy in one direction, unknown ones as such. */
export function trafficRules(policy: Resource, direction: Direction): readonly TrafficRule[] {
  if (!isKind(policy, 'networking.k8s.io', 'NetworkPolicy')) return [];
  const path = `spec.${direction}`;
  const rules = entries(at(policy.props, 'spec', direction));
  const listed: readonly Value[] = rules === UNKNOWN ? [UNKNOWN] : rules;
  return listed.map((rule, index) => {
    const place = rules === UNKNOWN ? path : `${path}[${index}]`;
    const peers = entries(at(rule, PEERS[direction]));
    return { rule, path: place, peers, peersPath: `${place}.${PEERS[direction]}` };
  });
}

/** Applies one check to every peer; `open` is the problem of a rule that names none. */
export function eachPeer(
  policy: Resource,
  direction: Direction,
  check: (peer: Value) => Verdict,
  open?: string,
): readonly Finding[] {
  return trafficRules(policy, direction).flatMap(({ rule, path, peers, peersPath }) => {
    if (rule === UNKNOWN || peers === UNKNOWN) return findings(path, UNKNOWN);
    if (peers.length === 0) return findings(path, open);
    return peers.flatMap((peer, index) =>
      findings(`${peersPath}[${index}]`, peer === UNKNOWN ? UNKNOWN : check(peer)),
    );
  });
}
