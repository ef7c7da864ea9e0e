import * as pulumi from '@pulumi/pulumi';

import { AllowTraffic } from '../network/allow-traffic.ts';
import { Peer } from '../network/peer.ts';
import { Port } from '../network/port.ts';
import type { OperatorsLock } from './lock.ts';
import { Operator } from './operator.ts';

/** Its ServiceAccount, by upstream's name. */
export const ACCOUNT = 'percona-server-mongodb-operator';

export interface MongoDbOperatorArgs {
  /**
   * Namespace of the operator and of the clusters it watches, the same one: its rights, which reach
   * every Secret, then end at the databases.
   */
  readonly namespace: pulumi.Input<string>;
  /** Folder of the operators' manifests. */
  readonly manifests: string;
  /** Image as `name:tag@sha256:…`; its tag is that of the lock file. */
  readonly image: string;
  /** Addresses and port of the API server behind its Service. */
  readonly apiServer: { readonly cidr: string; readonly port: number };
  /** IAM role with the rights of the backup's writers: the operator prunes and lists backups. */
  readonly backupRoleArn: pulumi.Input<string>;
  /** Refuse to delete the definitions, and with them every MongoDB cluster. */
  readonly protectDefinitions: boolean;
  /** Sources of the manifests. Default: the committed lock file. */
  readonly lock?: OperatorsLock;
}

/** Percona Operator for MongoDB: replica sets, their users, backups and certificates. */
export class MongoDbOperator extends pulumi.ComponentResource {
  /** The operator's pod. */
  readonly peer: Peer;
  /** Resolves when the operator runs. */
  readonly ready: pulumi.Output<readonly string[]>;

  constructor(name: string, args: MongoDbOperatorArgs, opts?: pulumi.ComponentResourceOptions) {
    const { lock, ...shown } = args;
    super('saas:operators:MongoDbOperator', name, shown, opts);
    const { namespace, apiServer } = args;
    const parent = { parent: this };
    this.peer = Peer.pods(namespace, {
      'app.kubernetes.io/name': 'percona-server-mongodb-operator',
    });
    const traffic = new AllowTraffic(
      `${name}-api`,
      {
        from: [this.peer],
        to: [Peer.cidr(apiServer.cidr)],
        ports: [Port.tcp(apiServer.port)],
        description: 'The operator watches and writes its objects and runs commands in members.',
      },
      parent,
    );
    const operator = new Operator(
      `${name}-operator`,
      {
        operator: 'percona-mongodb',
        namespace,
        manifests: args.manifests,
        images: { operator: args.image },
        protectDefinitions: args.protectDefinitions,
        env: { DISABLE_TELEMETRY: 'true', LOG_STRUCTURED: 'true' },
        resources: { requests: { cpu: '50m', memory: '128Mi' }, limits: { memory: '512Mi' } },
        // Certificates of the clusters, for connections to their backup agents.
        writableFolders: ['/tmp'],
        accountAnnotations: { 'eks.amazonaws.com/role-arn': args.backupRoleArn },
        deploymentAfter: [traffic],
        ...(lock === undefined ? {} : { lock }),
      },
      parent,
    );
    this.ready = operator.ready;
    this.registerOutputs({ ready: this.ready });
  }
}
