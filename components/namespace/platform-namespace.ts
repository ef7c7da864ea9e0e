import * as k8s from '@pulumi/kubernetes';
import * as pulumi from '@pulumi/pulumi';

import { labels } from '../labels.ts';
import { Peer } from '../network/peer.ts';
import { policySpec } from '../network/allow-traffic.ts';
import { Port } from '../network/port.ts';

/** Newest Pod Security checks that every supported cluster knows; a newer cluster changes nothing. */
const POD_SECURITY_VERSION = 'v1.34';

export interface PlatformNamespaceArgs {
  /** Name of the namespace, explicit: DNS names and policies of other namespaces contain it. */
  readonly name: string;
  /** Pod Security level the API server enforces. */
  readonly podSecurity: 'restricted' | 'baseline' | 'privileged';
  /** Ceiling for all pods together. */
  readonly quota: {
    /** Sum of CPU requests, such as `4` or `500m`. */
    readonly cpu: string;
    /** Sum of memory requests and, separately, of memory limits, such as `8Gi`. */
    readonly memory: string;
    /** Number of pods. */
    readonly pods: number;
    /** Sum of volume requests, such as `100Gi`. Default: no ceiling. */
    readonly storage?: string | undefined;
  };
  /** What a container gets that asks for nothing. Default: 50m CPU, 64Mi memory. */
  readonly limits?: {
    /** Default CPU request. There is no default CPU limit: it would throttle, not protect. */
    readonly cpu: string;
    /** Default memory request and limit. */
    readonly memory: string;
  };
}

/** A namespace in which nothing is reachable, unlimited or privileged until it is declared. */
export class PlatformNamespace extends pulumi.ComponentResource {
  /** Name of the namespace, known only once its default-deny policy and its ceilings exist. */
  readonly namespace: pulumi.Output<string>;

  constructor(name: string, args: PlatformNamespaceArgs, opts?: pulumi.ComponentResourceOptions) {
    super('saas:namespace:PlatformNamespace', name, args, opts);
    const { quota, limits = { cpu: '50m', memory: '64Mi' } } = args;
    const parent = { parent: this };
    const common = labels(name, 'namespace');

    const namespace = new k8s.core.v1.Namespace(
      `${name}-namespace`,
      {
        metadata: {
          name: args.name,
          labels: { ...common, ...podSecurityLabels(args.podSecurity) },
        },
      },
      parent,
    );
    const metadata = (objectName: string) => ({
      name: objectName,
      namespace: namespace.metadata.name,
      labels: common,
    });

    const hard = {
      'requests.cpu': quota.cpu,
      'requests.memory': quota.memory,
      'limits.memory': quota.memory,
      pods: String(quota.pods),
      ...(quota.storage === undefined ? {} : { 'requests.storage': quota.storage }),
    };
    const ceiling = new k8s.core.v1.ResourceQuota(
      `${name}-quota`,
      { metadata: metadata('quota'), spec: { hard } },
      parent,
    );
    const container = {
      type: 'Container',
      defaultRequest: limits,
      default: { memory: limits.memory },
    };
    const defaults = new k8s.core.v1.LimitRange(
      `${name}-limits`,
      { metadata: metadata('container-defaults'), spec: { limits: [container] } },
      parent,
    );
    const account = new k8s.core.v1.ServiceAccountPatch(
      `${name}-default-account`,
      {
        metadata: { name: 'default', namespace: namespace.metadata.name },
        automountServiceAccountToken: false,
      },
      parent,
    );
    const dns = new k8s.networking.v1.NetworkPolicy(
      `${name}-allow-dns`,
      { metadata: metadata('allow-dns'), spec: dnsPolicySpec(namespace.metadata.name) },
      parent,
    );
    const deny = new k8s.networking.v1.NetworkPolicy(
      `${name}-default-deny`,
      {
        metadata: metadata('default-deny'),
        spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
      },
      // Last, so that whoever waits for the deny has waited for all the others too.
      { parent: this, dependsOn: [ceiling, defaults, account, dns] },
    );

    // The name as the policy reports it: already known at preview, yet it carries the dependency.
    this.namespace = deny.metadata.namespace;
    this.registerOutputs({ namespace: this.namespace });
  }
}

/** Labels that make the API server enforce, audit and warn at one pinned level. */
export function podSecurityLabels(
  level: PlatformNamespaceArgs['podSecurity'],
): Record<string, string> {
  const modes = ['enforce', 'audit', 'warn'].flatMap((mode) => [
    [`pod-security.kubernetes.io/${mode}`, level],
    [`pod-security.kubernetes.io/${mode}-version`, POD_SECURITY_VERSION],
  ]);
  return Object.fromEntries(modes) as Record<string, string>;
}

function dnsPolicySpec(namespace: pulumi.Input<string>) {
  const resolver = Peer.pods('kube-system', { 'k8s-app': 'kube-dns' });
  // TCP too: an answer that does not fit into one datagram is asked for again that way.
  const ports = [Port.dnsUdp, Port.dnsTcp];
  return policySpec('egress', { kind: 'namespace', namespace }, [resolver], ports);
}
