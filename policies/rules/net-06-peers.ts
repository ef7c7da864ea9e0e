import { findings, type Verdict } from '../findings.ts';
import type { Resource } from '../resource.ts';
import type { Finding, Rule } from '../rule.ts';
import { eachPeer, trafficRules, type Direction } from '../traffic.ts';
import { at, entries, fields, UNKNOWN, type Value } from '../values.ts';

const NAME = 'kubernetes.io/metadata.name';

/** The API server sets this label and no other; a policy by another one may match nothing. */
function byName(peer: Value): Verdict {
  const selector = at(peer, 'namespaceSelector');
  if (selector === undefined) return undefined;
  const labels = fields(at(selector, 'matchLabels'));
  const expressions = entries(at(selector, 'matchExpressions'));
  if (labels === UNKNOWN || expressions === UNKNOWN) return UNKNOWN;
  const keys = [...labels.map(([key]) => key), ...expressions.map((one) => at(one, 'key'))];
  if (keys.includes(UNKNOWN)) return UNKNOWN;
  return keys.includes(NAME) ? undefined : 'names namespaces by a label that nobody sets';
}

/** Large answers of DNS come over TCP: with UDP alone they fail now and then. */
function dns(policy: Resource, direction: Direction): readonly Finding[] {
  return trafficRules(policy, direction).flatMap(({ rule, path }) => {
    const ports = entries(at(rule, 'ports'));
    if (ports === UNKNOWN) return findings(`${path}.ports`, UNKNOWN);
    const own = ports.filter((port) => at(port, 'port') === 53);
    const protocols = own.map((port) => at(port, 'protocol') ?? 'TCP');
    const both = protocols.includes('UDP') && protocols.includes('TCP');
    if (own.length === 0 || both) return [];
    const verdict = protocols.includes(UNKNOWN) ? UNKNOWN : 'opens port 53 for one protocol only';
    return findings(`${path}.ports`, verdict);
  });
}

export const peers: Rule = {
  id: 'NET-06',
  name: 'net-06-peers',
  title: 'Network policies match what they mean',
  severity: 'medium',
  standards: ['kube-linter dangling-networkpolicy'],
  why: 'A policy that matches nothing looks like a path and is none; half of DNS fails at random.',
  fix: `Select namespaces by ${NAME}, and open port 53 for both UDP and TCP.`,
  check: (policy) =>
    (['ingress', 'egress'] as const).flatMap((direction) => [
      ...eachPeer(policy, direction, byName),
      ...dns(policy, direction),
    ]),
};
