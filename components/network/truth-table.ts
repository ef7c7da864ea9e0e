import { containsAddress, parseCidr } from './cidr.ts';
import { Peer } from './peer.ts';
import { Port } from './port.ts';

/** The arguments of one `AllowTraffic`, its namespaces known. */
export interface TrafficPath {
  readonly from: readonly Peer<string>[];
  readonly to: readonly Peer<string>[];
  readonly ports: readonly Port[];
}

/** Somebody who may open or accept a connection: a pod, or an address when it has no namespace. */
export interface Endpoint {
  readonly name: string;
  /** Undefined: outside the cluster, where no policy applies. */
  readonly namespace?: string;
  /** Labels of the pod. Default: none. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Address that blocks are compared with. Default: matches no block. */
  readonly address?: string;
}

export interface TruthRow {
  readonly from: string;
  readonly to: string;
  readonly port: Port;
  readonly allowed: boolean;
}

export interface TruthTableArgs {
  readonly endpoints: readonly Endpoint[];
  readonly ports: readonly Port[];
  readonly paths: readonly TrafficPath[];
  /** Namespaces made by `PlatformNamespace`: denied by default, name resolution allowed. */
  readonly namespaces: readonly string[];
}

/**
 * What the policies of all paths add up to, for every ordered pair of endpoints and every port.
 * Follows Kubernetes: a pod in a denied namespace sends only what one of its egress policies names
 * and receives only what one of its ingress policies names; both ends must agree, and they may do
 * so by different paths.
 */
export function truthTable(args: TruthTableArgs): TruthRow[] {
  const paths = [...args.paths, ...args.namespaces.map(resolution)];
  return args.endpoints.flatMap((from) =>
    args.endpoints
      .filter((to) => to !== from)
      .flatMap((to) =>
        args.ports.map((port) => {
          const named = paths.filter((path) => path.ports.some((range) => covers(range, port)));
          const sent = open(from, args.namespaces, () =>
            named.some((path) => hasPolicyAt(path.from, from) && anyMatches(path.to, to)),
          );
          const received = open(to, args.namespaces, () =>
            named.some((path) => hasPolicyAt(path.to, to) && anyMatches(path.from, from)),
          );
          return { from: from.name, to: to.name, port, allowed: sent && received };
        }),
      ),
  );
}

/** The path that every `PlatformNamespace` opens for itself. */
function resolution(namespace: string): TrafficPath {
  return {
    from: [Peer.namespace(namespace)],
    to: [Peer.pods('kube-system', { 'k8s-app': 'kube-dns' })],
    ports: [Port.dnsUdp, Port.dnsTcp],
  };
}

function open(endpoint: Endpoint, denied: readonly string[], permitted: () => boolean): boolean {
  const restricted = endpoint.namespace !== undefined && denied.includes(endpoint.namespace);
  return !restricted || permitted();
}

/** Whether one of the peers is a selector of this pod: only then a policy exists at its side. */
function hasPolicyAt(peers: readonly Peer<string>[], endpoint: Endpoint): boolean {
  return peers.some((peer) => peer.kind !== 'cidr' && matches(peer, endpoint));
}

function anyMatches(peers: readonly Peer<string>[], endpoint: Endpoint): boolean {
  return peers.some((peer) => matches(peer, endpoint));
}

function matches(peer: Peer<string>, endpoint: Endpoint): boolean {
  switch (peer.kind) {
    case 'cidr': {
      const inside = (cidr: string) =>
        endpoint.address !== undefined &&
        containsAddress(parseCidr('cidr', cidr), endpoint.address);
      return inside(peer.cidr) && !peer.except.some(inside);
    }
    case 'namespace':
      return endpoint.namespace === peer.namespace;
    case 'pods':
      return (
        endpoint.namespace === peer.namespace &&
        Object.entries(peer.labels).every(([key, text]) => endpoint.labels?.[key] === text)
      );
  }
}

function covers(range: Port, port: Port): boolean {
  const last = port.endPort ?? port.port;
  return (
    range.protocol === port.protocol &&
    port.port >= range.port &&
    last <= (range.endPort ?? range.port)
  );
}
