import * as pulumi from '@pulumi/pulumi';

import { AllowTraffic } from '../network/allow-traffic.ts';
import { Peer } from '../network/peer.ts';
import { Port } from '../network/port.ts';
import type { OperatorsLock } from './lock.ts';
import { Operator } from './operator.ts';

export interface ElasticOperatorArgs {
  /** Namespace of the operator. */
  readonly namespace: pulumi.Input<string>;
  /** Folder of the operators' manifests. */
  readonly manifests: string;
  /** Image of the operator as `name:tag@sha256:…`. */
  readonly image: string;
  /** Addresses and port of the API server behind its Service. */
  readonly apiServer: { readonly cidr: string; readonly port: number };
  /** Refuse to delete the definitions, and with them every Elasticsearch. */
  readonly protectDefinitions: boolean;
  /** Sources of the manifests. Default: the committed lock file. */
  readonly lock?: OperatorsLock;
}

/** The ECK operator and its way to the API. Its webhook is off: the operator checks once more itself. */
export class ElasticOperator extends pulumi.ComponentResource {
  /** Pods of the operator, for the paths to what it operates. */
  readonly peer: Peer;
  /** Resolves when the operator runs. */
  readonly ready: pulumi.Output<readonly string[]>;

  constructor(name: string, args: ElasticOperatorArgs, opts?: pulumi.ComponentResourceOptions) {
    const { lock, ...shown } = args;
    super('saas:operators:ElasticOperator', name, shown, opts);
    const { namespace, apiServer } = args;
    this.peer = Peer.pods(namespace, { 'app.kubernetes.io/name': 'elastic-operator' });
    const traffic = new AllowTraffic(
      `${name}-api`,
      {
        from: [this.peer],
        to: [Peer.cidr(apiServer.cidr)],
        ports: [Port.tcp(apiServer.port)],
        description: 'The operator watches and writes its objects.',
      },
      { parent: this },
    );
    const operator = new Operator(
      `${name}-operator`,
      {
        operator: 'eck',
        namespace,
        manifests: args.manifests,
        images: { operator: args.image },
        protectDefinitions: args.protectDefinitions,
        resources: { requests: { cpu: '100m', memory: '256Mi' }, limits: { memory: '1Gi' } },
        deploymentAfter: [traffic],
        ...(lock === undefined ? {} : { lock }),
      },
      { parent: this },
    );
    this.ready = operator.ready;
    this.registerOutputs({ ready: this.ready });
  }
}
