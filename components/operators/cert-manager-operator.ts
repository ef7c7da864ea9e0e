import * as pulumi from '@pulumi/pulumi';

import { AllowTraffic, type AllowTrafficArgs } from '../network/allow-traffic.ts';
import { Peer } from '../network/peer.ts';
import { Port } from '../network/port.ts';
import type { OperatorsLock } from './lock.ts';
import { Operator } from './operator.ts';

export interface CertManagerOperatorArgs {
  /** Namespace of all its pods, its leases and the keys of its issuers. */
  readonly namespace: pulumi.Input<string>;
  /** Folder of the operators' manifests. */
  readonly manifests: string;
  /** Images as `name:tag@sha256:…`; `solver` answers HTTP-01 challenges in a pod of its own. */
  readonly images: {
    readonly controller: string;
    readonly webhook: string;
    readonly cainjector: string;
    readonly solver: string;
  };
  /** Addresses and port of the API server behind its Service. */
  readonly apiServer: { readonly cidr: string; readonly port: number };
  /** Opens the way to ACME servers and to what its challenges need. Default: closed. */
  readonly acme?: 'http-01' | 'dns-01';
  /** The Gateway API: the controller looks for it once, when it starts. */
  readonly gatewayApi: readonly pulumi.Resource[];
  /** Refuse to delete the definitions, and with them every certificate. */
  readonly protectDefinitions: boolean;
  /** Sources of the manifests. Default: the committed lock file. */
  readonly lock?: OperatorsLock;
}

/** cert-manager: two controllers, webhooks and injectors each, of which the first ones lead. */
export class CertManagerOperator extends pulumi.ComponentResource {
  /** The pods that ask ACME servers. */
  readonly controller: Peer;
  /** Resolves when its webhook answers and is trusted: only then issuers are accepted. */
  readonly ready: pulumi.Output<readonly string[]>;

  constructor(name: string, args: CertManagerOperatorArgs, opts?: pulumi.ComponentResourceOptions) {
    const { lock, gatewayApi, ...shown } = args;
    super('saas:operators:CertManagerOperator', name, shown, opts);
    this.controller = component(args.namespace, 'controller');
    // Policies outlive the operator: one cut off from the API could not clear its finalizers.
    const traffic = Object.entries(paths(args, this.controller)).map(
      ([path, allowed]) => new AllowTraffic(`${name}-${path}`, allowed, { parent: this }),
    );
    const operator = new Operator(
      `${name}-operator`,
      {
        operator: 'cert-manager',
        namespace: args.namespace,
        manifests: args.manifests,
        images: args.images,
        protectDefinitions: args.protectDefinitions,
        resources: {
          requests: { cpu: '50m', memory: '128Mi' },
          // The injector keeps every Secret and definition of the cluster in memory.
          limits: { memory: '512Mi' },
        },
        deploymentAfter: [...traffic, ...gatewayApi],
        ...(lock === undefined ? {} : { lock }),
      },
      { parent: this },
    );
    this.ready = operator.ready;
    this.registerOutputs({ ready: this.ready });
  }
}

/** Pods of one part, by the labels of the chart. */
function component(namespace: pulumi.Input<string>, part: string): Peer {
  return Peer.pods(namespace, {
    'app.kubernetes.io/instance': 'cert-manager',
    'app.kubernetes.io/component': part,
  });
}

function paths(
  { namespace, apiServer, acme }: CertManagerOperatorArgs,
  controller: Peer,
): Readonly<Record<string, AllowTrafficArgs>> {
  const webhook = component(namespace, 'webhook');
  const api = Peer.cidr(apiServer.cidr);
  return {
    api: {
      from: [controller, webhook, component(namespace, 'cainjector')],
      to: [api],
      ports: [Port.tcp(apiServer.port)],
      description: 'cert-manager watches and writes its objects.',
    },
    webhook: {
      from: [api],
      to: [webhook],
      ports: [Port.tcp(10250)],
      description: 'The API server asks the webhook before it admits an issuer or a certificate.',
    },
    ...(acme === undefined
      ? {}
      : {
          acme: {
            from: [controller],
            to: [Peer.cidr('0.0.0.0/0')],
            // Port 80: before it asks the server, it looks at the answer as the server will.
            ports: acme === 'http-01' ? [Port.https, Port.tcp(80)] : [Port.https],
            description: "The controller talks to Let's Encrypt and to what its challenges need.",
          },
        }),
  };
}
