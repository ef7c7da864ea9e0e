import type * as pulumi from '@pulumi/pulumi';

import { ConfigError } from '../errors.ts';
import { containsAddress, parseCidr } from './cidr.ts';

/**
 * One side of a connection. Plain data, so that it can be compared and tabulated; with
 * `Namespace = string` every namespace is already known.
 */
export type Peer<Namespace = pulumi.Input<string>> =
  | PodPeer<Namespace>
  | { readonly kind: 'namespace'; readonly namespace: Namespace }
  | { readonly kind: 'cidr'; readonly cidr: string; readonly except: readonly string[] };

/** Pods of one namespace that carry all the labels. */
export interface PodPeer<Namespace = pulumi.Input<string>> {
  readonly kind: 'pods';
  readonly namespace: Namespace;
  readonly labels: Readonly<Record<string, string>>;
}

/** Where clouds hand credentials to whoever asks: never reachable through a broad block. */
const METADATA_SERVICES = { 4: '169.254.169.254', 6: 'fd00:ec2::254' } as const;

/** Named constructors. */
export const Peer = {
  /** Pods of one namespace that carry all the labels. Refuses an empty set: it means every pod. */
  pods<Namespace extends pulumi.Input<string>>(
    namespace: Namespace,
    labels: Readonly<Record<string, string>>,
  ): PodPeer<Namespace> {
    if (Object.keys(labels).length === 0) {
      throw new ConfigError(
        'Peer.pods',
        'no labels given.',
        'Write Peer.namespace(…) for all pods.',
      );
    }
    return { kind: 'pods', namespace, labels };
  },

  /** Every pod of one namespace. */
  namespace<Namespace extends pulumi.Input<string>>(namespace: Namespace): Peer<Namespace> {
    return { kind: 'namespace', namespace };
  },

  /**
   * Addresses outside the pod network, such as `10.0.0.0/8`. A block that holds more than one
   * address leaves out the metadata service of the cloud.
   */
  cidr(cidr: string): Peer<never> {
    const block = parseCidr('Peer.cidr', cidr);
    const metadata = METADATA_SERVICES[block.family];
    const broad = block.size > 1n && containsAddress(block, metadata);
    const except = broad ? [`${metadata}/${block.family === 4 ? 32 : 128}`] : [];
    return { kind: 'cidr', cidr, except };
  },
};
