import type * as pulumi from '@pulumi/pulumi';

import type { ContainerResources, DemoTenant } from '../components/application/application.ts';
import type { DataConnections } from '../components/application/connections.ts';
import type { CertificateAuthority } from '../components/certificates/certificate-authority.ts';
import type { Peer } from '../components/network/peer.ts';

export interface ApplicationLayerArgs {
  readonly namespaces: { readonly edge: pulumi.Input<string>; readonly app: pulumi.Input<string> };
  readonly authority: CertificateAuthority;
  readonly images: { readonly app: pulumi.Input<string>; readonly traefik: pulumi.Input<string> };
  /** Public host names; the first one is the API. */
  readonly hosts: readonly string[];
  /** Where the API server listens, as a network policy sees it. */
  readonly apiServer: { readonly peer: Peer; readonly port: number };
  readonly gateway: {
    readonly replicas: number;
    readonly serviceType?: 'ClusterIP' | 'LoadBalancer' | 'NodePort';
  };
  readonly app: {
    readonly replicas: number | { readonly min: number; readonly max: number };
    readonly resources: ContainerResources;
    readonly worker?: boolean;
    readonly logLevel?: 'debug' | 'info' | 'warn' | 'error';
    /** Creates demo tenants with random passwords. */
    readonly demo: boolean;
  };
  readonly data: DataConnections;
}

export interface ApplicationLayer {
  /** Address of the API behind the edge, `https://<first host>`. */
  readonly url: pulumi.Output<string>;
  readonly hosts: readonly string[];
  /** In-cluster address of the edge; hosts resolve to it on a local cluster. */
  readonly edgeAddress: pulumi.Output<string>;
  readonly demoTenants: readonly DemoTenant[];
  readonly names: {
    readonly deployment: pulumi.Output<string>;
    readonly service: pulumi.Output<string>;
    readonly migration: pulumi.Output<string>;
    readonly gateway: pulumi.Output<string>;
  };
}

/** The edge and the application on top of the data layer. */
export function application(
  _args: ApplicationLayerArgs,
  _opts?: pulumi.ComponentResourceOptions,
): ApplicationLayer {
  throw new Error('Not built yet.');
}
