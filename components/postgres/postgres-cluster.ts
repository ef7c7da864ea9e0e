import * as pulumi from '@pulumi/pulumi';

import type { BackupTarget } from '../backup/backup-access.ts';
import type { CertificateAuthority } from '../certificates/certificate-authority.ts';
import { checkCron } from '../checks.ts';
import { ConfigError } from '../errors.ts';
import { Peer } from '../network/peer.ts';
import type { Port } from '../network/port.ts';
import { serviceNames } from '../service-names.ts';
import type { Apart } from '../spread.ts';
import { applicationRoles } from './application-roles.ts';
import { firstBackup, scheduledBackup } from './backups.ts';
import { clusterSpec, type Resources, type Volume } from './cluster-spec.ts';
import { clusterTraffic, instancePods } from './cluster-traffic.ts';
import { customResource } from './custom-resource.ts';
import { checkRetention, objectStore } from './object-store.ts';
import { serverParameters } from './parameters.ts';
import { checkPoolerSize, Pooler, poolerLabels } from './pooler.ts';
import type { PostgresAccess } from './postgres-access.ts';
import { basicAuth } from './postgres-role.ts';
import { kubernetesBytes } from './quantity.ts';
import { synchronousSpec } from './synchronous.ts';

const OWNER = 'app_owner';

export interface PostgresClusterArgs {
  /** Namespace of the cluster. Its default-deny policy must exist first. */
  readonly namespace: pulumi.Input<string>;
  /** PostgreSQL 17 image; its tag begins with the version, which the operator reads. */
  readonly image: pulumi.Input<string>;
  /** Signs the certificate of instances and pooler. */
  readonly authority: CertificateAuthority;
  /** Plain, not an `Input`: it shapes the plan. One instance means no failover. */
  readonly instances: 1 | 2 | 3 | 5;
  /** A commit waits for a standby; see `synchronousSpec`. Needs two instances. */
  readonly synchronous: boolean;
  readonly storage: Volume;
  /** Own volume for the WAL, so that a full archive cannot fill the data volume. Default: none. */
  readonly walStorage?: Volume;
  /** Of each instance. The memory request decides the memory parameters. */
  readonly resources: Resources;
  /** Name of the application's database. */
  readonly database: string;
  /** Connections that each server accepts. Default: 200. */
  readonly maxConnections?: number;
  /** Parameters of `postgresql.conf` that win over the derived ones. Default: none. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Required: a cluster without a backup cannot be expressed. */
  readonly backup: {
    readonly target: BackupTarget;
    /** Recovery window such as `30d`. */
    readonly retention: string;
    /** Six fields, seconds first: the operator's cron, not Unix cron. */
    readonly schedule: string;
  };
  readonly pooler: {
    readonly image: pulumi.Input<string>;
    readonly instances: number;
    /** Server connections of each pod per pair of database and user. */
    readonly poolSize: number;
  };
  /** The operator's pods. */
  readonly operator: Peer;
  /** Where the Kubernetes API answers behind its Service. */
  readonly apiServer: { readonly peer: Peer; readonly port: Port };
  /** How far apart instances must be; `zone` needs as many zones as instances. */
  readonly spread: Apart;
  /** DNS domain of the Kubernetes cluster. Default: `cluster.local`. */
  readonly clusterDomain?: string;
  /** Longest wait for all instances, and for the roles, to be ready. Default: 10m. */
  readonly deadline?: string;
}

/** A CloudNativePG cluster with pooler, roles and a WAL archive that is proven by a first backup. */
export class PostgresCluster extends pulumi.ComponentResource {
  /** For the application. Resolves after roles and pooler exist. */
  readonly access: PostgresAccess;
  /** Name of the Cluster object. Resolves once all instances are ready. */
  readonly cluster: pulumi.Output<string>;
  /**
   * The same name as soon as the operator takes objects: for roles and databases, which wait for
   * the primary themselves. Those made before the cluster starts are spared the operator's pause of
   * 30 s after the first attempt.
   */
  readonly clusterName: pulumi.Output<string>;
  /** Name of the first base backup. Resolves once it is complete: from then on a restore works. */
  readonly firstBackup: pulumi.Output<string>;

  constructor(name: string, args: PostgresClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    const { namespace, authority, instances, backup, database, deadline = '10m' } = args;
    // All checks come before the first resource: half a cluster is worse than none.
    checkCron(`${name}.backup.schedule`, backup.schedule, 6);
    checkRetention(`${name}.backup.retention`, backup.retention);
    checkPoolerSize(`${name}.pooler`, args.pooler);
    checkMemory(name, args.resources);
    const synchronous = synchronousSpec(name, instances, args.synchronous);
    const parameters = serverParameters(
      name,
      {
        memory: args.resources.requests.memory,
        walVolume: (args.walStorage ?? args.storage).size,
        maxConnections: args.maxConnections ?? 200,
      },
      args.parameters,
    );
    super('saas:postgres:PostgresCluster', name, args, opts);
    const parent = { parent: this };
    const poolerName = `${name}-pooler`;
    const { bucket } = backup.target;
    const access = backup.target.accessFor({
      prefix: name,
      // The operator names the account after the cluster, and so it will for one that is restored
      // beside it and reads the same archive.
      serviceAccounts: [name, `${name}-restore`].map((account) => ({ namespace, name: account })),
    });

    const owner = basicAuth(`${name}-owner`, { namespace, username: OWNER }, parent);
    const certificate = authority.issue(
      `${name}-certificate`,
      {
        namespace,
        secretName: `${name}-tls`,
        dnsNames: [`${name}-rw`, `${name}-ro`, `${name}-r`, poolerName].flatMap((host) =>
          serviceNames(host, namespace, args.clusterDomain),
        ),
        usages: ['server auth'],
      },
      parent,
    );
    // Children do not inherit `dependsOn`: without it the CRDs might not be there yet.
    const afterOperator =
      opts?.dependsOn === undefined ? parent : { ...parent, dependsOn: opts.dependsOn };
    const store = objectStore(
      `${name}-store`,
      { namespace, bucket, access, prefix: name, retention: backup.retention },
      afterOperator,
    );
    const traffic = clusterTraffic(
      name,
      {
        namespace,
        cluster: name,
        operator: args.operator,
        apiServer: args.apiServer.peer,
        apiServerPort: args.apiServer.port,
        access,
      },
      parent,
    );
    const object = customResource(
      `${name}-cluster`,
      {
        apiVersion: 'postgresql.cnpg.io/v1',
        kind: 'Cluster',
        objectName: name,
        namespace,
        spec: clusterSpec({
          cluster: name,
          image: args.image,
          instances,
          storage: args.storage,
          walStorage: args.walStorage,
          resources: args.resources,
          parameters,
          synchronous,
          database,
          owner: OWNER,
          ownerSecret: owner.secretName,
          certificateSecret: certificate.secretName,
          objectStore: store.metadata.name,
          access,
          spread: args.spread,
        }),
        certificate: certificate.checksum,
        waitFor: 'condition=Ready',
        deadline,
      },
      // Closed paths would cost more than time: a failed Job makes the cluster unrecoverable.
      pulumi.mergeOptions(afterOperator, { dependsOn: traffic }),
    );
    this.cluster = object.metadata.name;
    this.clusterName = store.metadata.apply(() => name);

    const roles = applicationRoles(
      name,
      { namespace, cluster: this.clusterName, owner: OWNER, deadline },
      parent,
    );
    const within = { namespace, cluster: this.cluster };
    const pooler = new Pooler(
      poolerName,
      { ...within, ...args.pooler, certificate: certificate.checksum },
      parent,
    );
    this.firstBackup = firstBackup(`${name}-first-backup`, within, parent);
    scheduledBackup(`${name}-schedule`, { ...within, schedule: backup.schedule }, parent);

    this.access = {
      poolerHost: pooler.host,
      directHost: pulumi.interpolate`${this.cluster}-rw.${namespace}.svc`,
      port: 5432,
      database,
      caPem: authority.certificatePem,
      roles,
      poolerPeer: Peer.pods(namespace, poolerLabels(poolerName)),
      directPeer: instancePods(namespace, name),
    };
    this.registerOutputs({ cluster: this.cluster, firstBackup: this.firstBackup });
  }
}

function checkMemory(path: string, { requests, limits }: Resources): void {
  const request = kubernetesBytes(`${path}.resources.requests.memory`, requests.memory);
  const limit = kubernetesBytes(`${path}.resources.limits.memory`, limits.memory);
  if (request <= limit) return;
  throw new ConfigError(
    `${path}.resources.limits.memory`,
    `"${limits.memory}" is less than the request of "${requests.memory}".`,
  );
}
