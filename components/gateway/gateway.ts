import * as k8s from '@pulumi/kubernetes';
import * as pulumi from '@pulumi/pulumi';

import type { CertificateIssuer } from '../certificates/certificate-issuer.ts';
import type { GatewaySpec } from '../crds/gateway-api.ts';
import type { DeepInput } from '../deep-input.ts';
import { ConfigError } from '../errors.ts';
import { labels, selector } from '../labels.ts';
import { AllowTraffic } from '../network/allow-traffic.ts';
import { Peer } from '../network/peer.ts';
import { Port } from '../network/port.ts';
import { gatewayResource } from './gateway-resource.ts';
import { checkHosts } from './host-names.ts';
import { COMPONENT, ENTRY_POINTS } from './traefik.ts';
import { traefikRights } from './traefik-rights.ts';
import { traefikDeployment, traefikService } from './traefik-workload.ts';

const CONTROLLER = 'traefik.io/gateway-controller';

export interface GatewayArgs {
  /** Namespace of Traefik, for example `saas-edge`. Its default-deny policy must exist first. */
  readonly namespace: pulumi.Input<string>;
  /** Traefik 3.6 image. */
  readonly image: pulumi.Input<string>;
  /** Issues the certificate of the hosts. */
  readonly issuer: CertificateIssuer;
  /** Host names that the certificate covers, for example `api.saas-platform.com`. */
  readonly hosts: readonly string[];
  /** Namespaces whose routes and Secrets Traefik reads. Its own is always among them. */
  readonly routeNamespaces: readonly pulumi.Input<string>[];
  /** Traefik pods. Two or more survive the loss of a node; one is for small clusters. */
  readonly replicas: number;
  /** Where the API server listens, as a policy sees it: after address translation. */
  readonly apiServer: { readonly peer: Peer; readonly port: Port };
  /** Who may connect. Default: everyone. */
  readonly clients?: readonly Peer[];
  /** `LoadBalancer` asks the cloud for an address. Default: `ClusterIP`. */
  readonly serviceType?: 'ClusterIP' | 'LoadBalancer' | 'NodePort';
  /** cert-manager's controller where it proves the hosts over plain HTTP. Default: it does not. */
  readonly acmeController?: Peer;
  /** Port of HTTPS as clients see it, where redirects lead. Default: 443. */
  readonly httpsPort?: number;
}

/** The edge: Traefik behind the Gateway API, HTTPS for all hosts, plain HTTP only redirects. */
export class Gateway extends pulumi.ComponentResource {
  /** Name of the Gateway object; resolves once it is programmed. */
  readonly gatewayName: pulumi.Output<string>;
  /** Namespace of the Gateway object. */
  readonly namespace: pulumi.Output<string>;
  /** Listener that routes attach to. */
  readonly sectionName = 'websecure';
  /** In-cluster host name of the Service. */
  readonly host: pulumi.Output<string>;
  /** The Traefik pods as a peer of `AllowTraffic`. */
  readonly peer: Peer;

  constructor(name: string, args: GatewayArgs, opts?: pulumi.ComponentResourceOptions) {
    checkArgs(name, args);
    const { issuer, ...shown } = args;
    super('saas:gateway:Gateway', name, shown, opts);
    const { namespace, hosts } = args;
    const metadata = { name, namespace, labels: labels(name, COMPONENT) };
    const parent = { parent: this };
    this.peer = Peer.pods(namespace, selector(name, COMPONENT));

    const certificate = issuer.issue(
      `${name}-certificate`,
      { namespace, secretName: `${name}-tls`, dnsNames: hosts, usages: ['server auth'] },
      parent,
    );
    const watched = [namespace, ...args.routeNamespaces];
    const account = new k8s.core.v1.ServiceAccount(
      `${name}-account`,
      { metadata, automountServiceAccountToken: false },
      parent,
    );
    const rights = traefikRights(name, watched, account, parent);
    const traffic = this.#traffic(name, args);
    const service = traefikService(name, args, parent);
    const traefik = traefikDeployment(
      name,
      args,
      { account, watched },
      { ...parent, dependsOn: [...rights, ...traffic] },
    );

    const gatewayClass = gatewayResource(
      `${name}-class`,
      {
        kind: 'GatewayClass',
        metadata: { name, labels: metadata.labels },
        spec: { controllerName: CONTROLLER },
      },
      // Nobody would accept it before Traefik runs.
      { ...parent, dependsOn: [traefik, service] },
    );
    const gateway = gatewayResource(
      `${name}-gateway`,
      {
        kind: 'Gateway',
        metadata,
        spec: {
          gatewayClassName: gatewayClass.metadata.name,
          listeners: listeners(certificate.secretName, args.routeNamespaces),
        },
      },
      parent,
    );
    gatewayResource(
      `${name}-redirect`,
      {
        kind: 'HTTPRoute',
        metadata: { ...metadata, name: `${name}-redirect` },
        spec: {
          parentRefs: [{ name: gateway.metadata.name, sectionName: 'web' }],
          rules: [{ filters: [redirect(args.httpsPort ?? 443)] }],
        },
      },
      parent,
    );

    this.gatewayName = gateway.metadata.name;
    this.namespace = pulumi.output(namespace);
    this.host = pulumi.interpolate`${service.metadata.name}.${namespace}.svc`;
    this.registerOutputs({ gatewayName: this.gatewayName, host: this.host });
  }

  #traffic(
    name: string,
    { namespace, clients, apiServer, acmeController }: GatewayArgs,
  ): pulumi.Resource[] {
    const parent = { parent: this };
    const everyone = [Peer.cidr('0.0.0.0/0')];
    return [
      new AllowTraffic(
        `${name}-clients`,
        {
          from: clients ?? everyone,
          to: [this.peer],
          ports: [Port.tcp(ENTRY_POINTS.web), Port.tcp(ENTRY_POINTS.websecure)],
          description: 'Clients reach the edge.',
        },
        parent,
      ),
      new AllowTraffic(
        `${name}-api-server`,
        {
          from: [this.peer],
          to: [apiServer.peer],
          ports: [apiServer.port],
          description: 'Traefik reads routes from the Kubernetes API.',
        },
        parent,
      ),
      ...(acmeController === undefined ? [] : this.#acme(name, namespace, acmeController)),
    ];
  }

  /** A solver is a pod of cert-manager, for minutes, behind a route of its own. */
  #acme(name: string, namespace: pulumi.Input<string>, controller: Peer): pulumi.Resource[] {
    const parent = { parent: this };
    return [
      new AllowTraffic(
        `${name}-acme-solver`,
        {
          from: [this.peer],
          to: [Peer.pods(namespace, { 'acme.cert-manager.io/http01-solver': 'true' })],
          ports: [Port.tcp(8089)],
          description: 'The edge passes challenges of the ACME server on to their solver.',
        },
        parent,
      ),
      new AllowTraffic(
        `${name}-acme-check`,
        {
          from: [controller],
          to: [this.peer],
          ports: [Port.tcp(ENTRY_POINTS.web)],
          description:
            'cert-manager looks at the answer first; nodes may shorten the way to the pod.',
        },
        parent,
      ),
    ];
  }
}

/** Plain HTTP takes routes of its own namespace only: the redirect, and ACME challenges. */
function listeners(
  secretName: pulumi.Input<string>,
  routeNamespaces: readonly pulumi.Input<string>[],
): DeepInput<GatewaySpec['listeners']> {
  const label = 'kubernetes.io/metadata.name';
  const matchExpressions = [{ key: label, operator: 'In', values: [...routeNamespaces] }];
  return [
    {
      name: 'web',
      port: ENTRY_POINTS.web,
      protocol: 'HTTP',
      allowedRoutes: { namespaces: { from: 'Same' } },
    },
    {
      name: 'websecure',
      port: ENTRY_POINTS.websecure,
      protocol: 'HTTPS',
      // TLS 1.2 is Traefik's floor; options of a listener would have no effect.
      tls: { mode: 'Terminate', certificateRefs: [{ name: secretName }] },
      allowedRoutes: { namespaces: { from: 'Selector', selector: { matchExpressions } } },
    },
  ];
}

/** With a scheme and no port Traefik redirects to 443, not to the port of the listener. */
function redirect(port: number) {
  const target = { scheme: 'https', ...(port === 443 ? {} : { port }) } as const;
  return { type: 'RequestRedirect', requestRedirect: { ...target, statusCode: 301 } } as const;
}

function checkArgs(name: string, { hosts, replicas, routeNamespaces }: GatewayArgs): void {
  checkHosts(`${name}.hosts`, hosts);
  if (!Number.isInteger(replicas) || replicas < 1) {
    throw new ConfigError(`${name}.replicas`, `${replicas} must be a whole number from 1.`);
  }
  if (routeNamespaces.length === 0) {
    // An empty selector would let every namespace attach routes.
    throw new ConfigError(`${name}.routeNamespaces`, 'the list is empty.');
  }
}
