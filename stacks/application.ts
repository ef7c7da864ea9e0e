import type * as pulumi from '@pulumi/pulumi';

import type { Administration } from '../components/application/application-args.ts';
import { Application, type DemoTenant } from '../components/application/application.ts';
import type { DataConnections } from '../components/application/connections.ts';
import type { CertificateIssuer } from '../components/certificates/certificate-issuer.ts';
import type { ContainerResources } from '../components/container-resources.ts';
import { Gateway } from '../components/gateway/gateway.ts';
import { Peer } from '../components/network/peer.ts';
import { Port } from '../components/network/port.ts';
import type { TracingAccess } from '../components/tracing/tracing-access.ts';

/** Name of the Gateway, which ACME issuers refer to before it exists. */
export const GATEWAY = 'gateway';

export interface ApplicationLayerArgs {
  readonly namespaces: { readonly edge: pulumi.Input<string>; readonly app: pulumi.Input<string> };
  /** The Gateway API: its CRDs must be there first. */
  readonly operators: readonly pulumi.Resource[];
  /** Issues the certificate of the public host names. */
  readonly issuer: CertificateIssuer;
  /** Who looks at ACME challenges over plain HTTP. Default: nobody. */
  readonly acmeController?: Peer;
  /** Images by digest. */
  readonly images: { readonly app: pulumi.Input<string>; readonly traefik: pulumi.Input<string> };
  /** Public host names. The edge has a certificate for each, and the API answers at each. */
  readonly hosts: readonly string[];
  /** Where the Kubernetes API answers behind its Service. */
  readonly apiServer: { readonly cidr: string; readonly port: number };
  readonly gateway: {
    /** Traefik pods. */
    readonly replicas: number;
    readonly serviceType?: 'ClusterIP' | 'LoadBalancer' | 'NodePort';
    /** Port of HTTPS as clients see it. Default: 443. */
    readonly httpsPort?: number;
    /** Networks that may connect. Default: all. */
    readonly clients?: readonly string[];
  };
  readonly app: {
    readonly replicas: number | { readonly min: number; readonly max: number };
    readonly resources: ContainerResources;
    readonly worker?: boolean;
    /** Operators of the role admin, which then answers at the last host. Default: none. */
    readonly operators?: Administration['operators'];
    readonly logLevel?: 'debug' | 'info' | 'warn' | 'error';
    /** Creates demo tenants with random passwords. */
    readonly demo: boolean;
  };
  readonly data: DataConnections;
  /** Where the API sends its spans. Default: nowhere. */
  readonly traces?: TracingAccess;
}

export interface ApplicationLayer {
  /** Address of the API behind the edge, `https://<first host>`; resolves once it answers. */
  readonly url: pulumi.Output<string>;
  readonly hosts: readonly string[];
  /** In-cluster host name of the edge; the public names lead to it. */
  readonly edgeHost: pulumi.Output<string>;
  /** Empty unless `app.demo` is set. */
  readonly demoTenants: readonly DemoTenant[];
  /** Names of the objects in the cluster. */
  readonly names: {
    readonly deployment: pulumi.Output<string>;
    readonly service: pulumi.Output<string>;
    readonly migration: pulumi.Output<string>;
    readonly gateway: pulumi.Output<string>;
  };
}

/** The edge and the application on top of the data layer. */
export function application(args: ApplicationLayerArgs): ApplicationLayer {
  const { namespaces, issuer, acmeController, images, hosts, apiServer } = args;
  const { clients, ...gatewaySettings } = args.gateway;
  const { operators, ...app } = args.app;
  const gateway = new Gateway(
    GATEWAY,
    {
      namespace: namespaces.edge,
      image: images.traefik,
      issuer,
      hosts,
      routeNamespaces: [namespaces.app],
      apiServer: { peer: Peer.cidr(apiServer.cidr), port: Port.tcp(apiServer.port) },
      ...gatewaySettings,
      ...(acmeController === undefined ? {} : { acmeController }),
      ...(clients === undefined ? {} : { clients: clients.map((cidr) => Peer.cidr(cidr)) }),
    },
    { dependsOn: [...args.operators] },
  );
  const api = new Application('api', {
    namespace: namespaces.app,
    image: images.app,
    hosts,
    gateway: {
      name: gateway.gatewayName,
      namespace: gateway.namespace,
      sectionName: gateway.sectionName,
      peer: gateway.peer,
    },
    data: args.data,
    ...(args.traces === undefined ? {} : { traces: args.traces }),
    ...app,
    ...(operators === undefined
      ? {}
      : { administration: { host: hosts[hosts.length - 1] ?? '', operators } }),
  });
  return {
    url: api.urls.apply(([first = '']) => first),
    hosts,
    edgeHost: gateway.host,
    demoTenants: api.demoTenants,
    names: { ...api.names, gateway: gateway.gatewayName },
  };
}
