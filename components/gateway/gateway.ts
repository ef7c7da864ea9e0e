import * as pulumi from '@pulumi/pulumi';

import type { CertificateAuthority } from '../certificates/certificate-authority.ts';
import type { Peer } from '../network/peer.ts';

export interface GatewayArgs {
  /** Namespace of Traefik, for example `saas-edge`. Its default-deny policy must exist first. */
  readonly namespace: pulumi.Input<string>;
  /** Traefik 3.6 image. */
  readonly image: pulumi.Input<string>;
  /** Signs the certificate of the hosts. */
  readonly authority: CertificateAuthority;
  /** Host names that the certificate covers, for example `api.saas-platform.com`. */
  readonly hosts: readonly string[];
  /** Namespaces whose routes and Secrets Traefik reads. Its own is always among them. */
  readonly routeNamespaces: readonly pulumi.Input<string>[];
  /** Traefik pods. Two or more survive the loss of a node; one is for small clusters. */
  readonly replicas: number;
  /** Where the API server listens, as a policy sees it: after address translation. */
  readonly apiServer: { readonly peer: Peer; readonly port: number };
  /** Who may connect. Default: everyone. */
  readonly clients?: readonly Peer[];
  /** `LoadBalancer` asks the cloud for an address. Default: `ClusterIP`. */
  readonly serviceType?: 'ClusterIP' | 'LoadBalancer' | 'NodePort';
}

/** The edge: Traefik behind the Gateway API, HTTPS for all hosts, plain HTTP only redirects. */
export class Gateway extends pulumi.ComponentResource {
  /** Name of the Gateway object; resolves once it is programmed. */
  declare readonly gatewayName: pulumi.Output<string>;
  declare readonly namespace: pulumi.Output<string>;
  /** Listener that routes attach to. */
  declare readonly sectionName: 'websecure';
  /** In-cluster address of the Service. */
  declare readonly address: pulumi.Output<string>;
  /** The Traefik pods as a peer of `AllowTraffic`. */
  declare readonly peer: Peer;

  constructor(name: string, args: GatewayArgs, opts?: pulumi.ComponentResourceOptions) {
    super('saas:gateway:Gateway', name, args as unknown as pulumi.Inputs, opts);
  }
}
