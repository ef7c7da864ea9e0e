import * as k8s from '@pulumi/kubernetes';
import * as pulumi from '@pulumi/pulumi';

import { ConfigError } from '../errors.ts';
import { labels } from '../labels.ts';
import type { Peer } from './peer.ts';
import type { Port } from './port.ts';

export interface AllowTrafficArgs {
  /** Who opens the connection. */
  readonly from: readonly Peer[];
  /** Who accepts it. */
  readonly to: readonly Peer[];
  /** Ports at the accepting pod, behind any Service. */
  readonly ports: readonly Port[];
  /** Why the path is open; shown by `kubectl describe`. */
  readonly description: string;
}

type PodPeer = Exclude<Peer, { kind: 'cidr' }>;

/**
 * Opens one path through the default deny: an egress policy at every `from` and an ingress policy
 * at every `to`. A side given by addresses has no pods, so it needs no policy.
 */
export class AllowTraffic extends pulumi.ComponentResource {
  constructor(name: string, args: AllowTrafficArgs, opts?: pulumi.ComponentResourceOptions) {
    super('saas:network:AllowTraffic', name, args, opts);
    checkArgs(name, args);
    const { from, to, ports, description } = args;

    const policies = (
      direction: 'egress' | 'ingress',
      at: readonly Peer[],
      others: readonly Peer[],
    ) => {
      at.filter(hasPods).forEach((peer, index) => {
        // The first keeps the short name when a second peer is added.
        const child = `${name}-${direction}${index === 0 ? '' : `-${index + 1}`}`;
        new k8s.networking.v1.NetworkPolicy(
          child,
          {
            metadata: {
              name: child,
              namespace: peer.namespace,
              labels: labels(name, 'network-policy'),
              annotations: { 'kubernetes.io/description': description },
            },
            spec: policySpec(direction, peer, others, ports),
          },
          { parent: this },
        );
      });
    };
    policies('egress', from, to);
    policies('ingress', to, from);
    this.registerOutputs({});
  }
}

/** The policy at one peer that lets it talk with the others. Pure: the same input, the same spec. */
export function policySpec(
  direction: 'egress' | 'ingress',
  peer: PodPeer,
  others: readonly Peer[],
  ports: readonly Port[],
): k8s.types.input.networking.v1.NetworkPolicySpec {
  const shared = { podSelector: { matchLabels: peer.kind === 'pods' ? peer.labels : {} } };
  const peers = others.map(policyPeer);
  const rulePorts = ports.map((port) => ({ ...port }));
  return direction === 'egress'
    ? { ...shared, policyTypes: ['Egress'], egress: [{ to: peers, ports: rulePorts }] }
    : { ...shared, policyTypes: ['Ingress'], ingress: [{ from: peers, ports: rulePorts }] };
}

function policyPeer(peer: Peer): k8s.types.input.networking.v1.NetworkPolicyPeer {
  if (peer.kind === 'cidr') {
    const except = peer.except.length > 0 ? { except: [...peer.except] } : {};
    return { ipBlock: { cidr: peer.cidr, ...except } };
  }
  // The API server sets this label on every namespace; a label of our own could be forgotten.
  const namespaceSelector = { matchLabels: { 'kubernetes.io/metadata.name': peer.namespace } };
  if (peer.kind === 'namespace') return { namespaceSelector };
  return { namespaceSelector, podSelector: { matchLabels: peer.labels } };
}

function hasPods(peer: Peer): peer is PodPeer {
  return peer.kind !== 'cidr';
}

function checkArgs(name: string, args: AllowTrafficArgs): void {
  for (const key of ['from', 'to', 'ports'] as const) {
    // Kubernetes reads an empty list as "everything", the opposite of what it looks like.
    if (args[key].length === 0) throw new ConfigError(`${name}.${key}`, 'the list is empty.');
  }
  if (args.description.trim() === '') {
    throw new ConfigError(`${name}.description`, 'is empty.', 'Say why the path is open.');
  }
  if (![...args.from, ...args.to].some(hasPods)) {
    throw new ConfigError(name, 'both sides are addresses, so no policy would be made.');
  }
}
