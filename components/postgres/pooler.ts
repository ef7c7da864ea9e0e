import * as pulumi from '@pulumi/pulumi';

import { disruptionBudget } from '../disruption-budget.ts';
import { ConfigError } from '../errors.ts';
import { labels } from '../labels.ts';
import { spread } from '../spread.ts';
import { customResource } from './custom-resource.ts';

/** What the operator sets by itself, said out loud so that it can be judged before it runs. */
const RESTRICTED = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  readOnlyRootFilesystem: true,
  runAsNonRoot: true,
  seccompProfile: { type: 'RuntimeDefault' },
};

export interface PoolerArgs {
  readonly namespace: pulumi.Input<string>;
  /** Name of the Cluster object. */
  readonly cluster: pulumi.Input<string>;
  /** PgBouncer image, 1.21 or later: older ones know no prepared statements in transaction mode. */
  readonly image: pulumi.Input<string>;
  /** SHA-256 of the cluster's server certificate, which the pooler shows to its clients. */
  readonly certificate: pulumi.Input<string>;
  /** Pods. With one, clients reconnect whenever it moves. */
  readonly instances: number;
  /** Server connections of each pod per pair of database and user. */
  readonly poolSize: number;
  /** Default: 50m CPU, 64Mi to 128Mi memory. */
  readonly resources?: {
    readonly requests: { readonly cpu: string; readonly memory: string };
    readonly limits: { readonly memory: string };
  };
}

/** PgBouncer in transaction mode in front of the primary. */
export class Pooler extends pulumi.ComponentResource {
  /** Host name inside the cluster. */
  readonly host: pulumi.Output<string>;

  constructor(name: string, args: PoolerArgs, opts?: pulumi.ComponentResourceOptions) {
    checkPoolerSize(name, args);
    super('saas:postgres:Pooler', name, args, opts);
    const { namespace, cluster, image, instances, poolSize } = args;
    const {
      resources = {
        requests: { cpu: '50m', memory: '64Mi' },
        limits: { memory: '128Mi' },
      },
    } = args;

    const pooler = customResource(
      `${name}-pooler`,
      {
        apiVersion: 'postgresql.cnpg.io/v1',
        kind: 'Pooler',
        objectName: name,
        namespace,
        spec: {
          cluster: { name: cluster },
          instances,
          type: 'rw',
          pgbouncer: {
            poolMode: 'transaction',
            image,
            parameters: {
              default_pool_size: String(poolSize),
              // Clients beyond the pool wait for a server connection instead of being refused.
              max_client_conn: '1000',
              // Prepared statements survive the change of server connection up to this many.
              max_prepared_statements: '200',
              // Seconds a client waits for a server connection before it gets an error: a failover
              // takes longer, and whoever waits through it holds a request and a connection.
              query_wait_timeout: '5',
              // Seconds between two tries to reach the primary, so that its successor is found soon.
              server_login_retry: '1',
              // Passwords and rows never cross the network in clear.
              client_tls_sslmode: 'require',
            },
          },
          template: {
            metadata: { labels: labels(name, 'pooler') },
            spec: {
              containers: [{ name: 'pgbouncer', resources, securityContext: RESTRICTED }],
              topologySpreadConstraints: spread(poolerLabels(name)),
            },
          },
        },
        certificate: args.certificate,
        waitFor: 'jsonpath={.status.phase}=active',
      },
      { parent: this },
    );
    if (instances > 1) {
      // The operator makes none for poolers.
      const metadata = { name, namespace, labels: labels(name, 'pooler') };
      disruptionBudget(`${name}-disruption`, metadata, poolerLabels(name), { parent: this });
    }

    this.host = pulumi.interpolate`${pooler.metadata.name}.${namespace}.svc`;
    this.registerOutputs({ host: this.host });
  }
}

/** Labels that the operator puts on the pods of a pooler. */
export function poolerLabels(name: string): Record<string, string> {
  return { 'cnpg.io/poolerName': name };
}

/** Refuses counts that are not: callers with more to make check before they begin. */
export function checkPoolerSize(
  path: string,
  size: Pick<PoolerArgs, 'instances' | 'poolSize'>,
): void {
  for (const key of ['instances', 'poolSize'] as const) {
    if (Number.isInteger(size[key]) && size[key] >= 1) continue;
    throw new ConfigError(`${path}.${key}`, `${size[key]} must be a whole number from 1.`);
  }
}
