import * as k8s from '@pulumi/kubernetes';
import * as pulumi from '@pulumi/pulumi';

import type { RoleAccess } from '../backup/backup-access.ts';
import type { CertificateIssuer } from '../certificates/certificate-issuer.ts';
import { checkCron } from '../checks.ts';
import type { ContainerResources } from '../container-resources.ts';
import { awaitedResource } from '../custom-resource.ts';
import { ConfigError } from '../errors.ts';
import { labels } from '../labels.ts';
import type { Peer } from '../network/peer.ts';
import type { DocumentAccess } from './document-access.ts';
import type { DocumentStore } from './document-store.ts';
import { perconaSecrets } from './percona-secrets.ts';
import { cacheRatio, perconaSpec, REPLICA_SET, STORAGE } from './percona-spec.ts';
import { members, perconaTraffic } from './percona-traffic.ts';

const APPLICATION = 'app';

export interface PerconaStoreArgs {
  /** Namespace of the members: that of their operator. Its default-deny policy must exist first. */
  readonly namespace: pulumi.Input<string>;
  /** Percona Server for MongoDB 8. */
  readonly image: pulumi.Input<string>;
  /** Percona Backup for MongoDB, which runs beside each server. */
  readonly backupImage: pulumi.Input<string>;
  /** Issues the certificate of the members. */
  readonly issuer: CertificateIssuer;
  /** The authority behind `issuer`, as PEM, for clients. */
  readonly caPem: pulumi.Output<string>;
  /** Members of the replica set: an odd number, so that a majority elects a primary. */
  readonly instances: 3 | 5;
  /** Volume of each member. It grows but never shrinks. */
  readonly storage: { readonly size: string; readonly storageClass?: string };
  /**
   * Cache of WiredTiger, such as `1Gi`. The operator leaves 1Gi of the memory limit alone and gives
   * it a part of the rest.
   */
  readonly cache: string;
  /** Of each server. */
  readonly resources: ContainerResources;
  /** Database that the application uses. */
  readonly database: string;
  /** Required: a store without a backup cannot be expressed. */
  readonly backup: {
    readonly bucket: pulumi.Input<string>;
    readonly access: RoleAccess;
    /** Five fields, UTC: the operator's cron is Unix cron. */
    readonly schedule: string;
    /** Full backups that are kept; any moment since the oldest one can be restored. */
    readonly keep: number;
  };
  /** The operator's pod. */
  readonly operator: Peer;
  /** DNS domain of the Kubernetes cluster. Default: `cluster.local`. */
  readonly clusterDomain?: string;
  /** Longest wait for all members. Default: 20m. */
  readonly deadline?: string;
}

/** ServiceAccount of the members, which may write backups. */
export function memberAccount(name: string): string {
  return `${name}-mongod`;
}

/** A MongoDB replica set with its users, backups and point-in-time recovery. */
export class PerconaStore extends pulumi.ComponentResource implements DocumentStore {
  readonly access: DocumentAccess;
  /** Name of the first full backup. Resolves once it is complete: from then on a restore works. */
  readonly firstBackup: pulumi.Output<string>;

  constructor(name: string, args: PerconaStoreArgs, opts?: pulumi.ComponentResourceOptions) {
    const { namespace, instances, backup, clusterDomain = 'cluster.local' } = args;
    // All checks come before the first resource: half a cluster is worse than none.
    const ratio = cacheRatio(name, args.cache, args.resources.limits.memory);
    checkArgs(name, args);
    const { issuer, ...shown } = args;
    super('saas:documents:PerconaStore', name, shown, opts);
    const parent = { parent: this };
    // Children do not inherit `dependsOn`: without it the definitions might not be there yet.
    const afterOperator =
      opts?.dependsOn === undefined ? parent : { ...parent, dependsOn: opts.dependsOn };

    const secrets = perconaSecrets(name, { namespace, application: APPLICATION }, parent);
    const service = `${name}-${REPLICA_SET}`;
    const domain = pulumi.interpolate`${service}.${namespace}.svc.${clusterDomain}`;
    const certificate = issuer.issue(
      `${name}-certificate`,
      {
        namespace,
        secretName: `${name}-tls`,
        dnsNames: [service, pulumi.interpolate`${service}.${namespace}`, domain]
          .flatMap((host): pulumi.Input<string>[] => [host, pulumi.interpolate`*.${host}`])
          .concat('localhost'),
        // Members are clients of each other, and know each other by the organization.
        usages: ['server auth', 'client auth'],
        organization: 'saas-platform documents',
      },
      { ...parent, protect: false },
    );
    const account = new k8s.core.v1.ServiceAccount(
      `${name}-account`,
      {
        metadata: {
          name: memberAccount(name),
          namespace,
          labels: labels(name, 'documents'),
          annotations: { 'eks.amazonaws.com/role-arn': backup.access.roleArn },
        },
        // The cloud projects a token of its own; the Kubernetes API is nothing to a database.
        automountServiceAccountToken: false,
      },
      parent,
    );
    const traffic = perconaTraffic(
      name,
      { namespace, operator: args.operator, store: backup.access.peers },
      parent,
    );
    const custom = (
      suffix: string,
      kind: string,
      rest: Pick<Parameters<typeof awaitedResource>[1], 'spec' | 'waitFor' | 'deadline'> & {
        readonly finalizers?: string[];
      },
      options: pulumi.CustomResourceOptions,
    ) => {
      const { finalizers, ...awaited } = rest;
      const objectName = suffix === 'cluster' ? name : `${name}-${suffix}`;
      return awaitedResource(
        `${name}-${suffix}`,
        {
          apiVersion: 'psmdb.percona.com/v1',
          kind,
          metadata: {
            name: objectName,
            namespace,
            labels: labels(name, 'documents'),
            ...(finalizers === undefined ? {} : { finalizers }),
            annotations: { 'pulumi.com/deletionPropagationPolicy': 'background' },
          },
          ...awaited,
        },
        options,
      );
    };
    const cluster = custom(
      'cluster',
      'PerconaServerMongoDB',
      {
        // The primary leaves last. Volumes, users and the encryption key stay when the set goes.
        finalizers: ['percona.com/delete-psmdb-pods-in-order'],
        spec: perconaSpec(name, args, {
          cacheRatio: ratio,
          account: account.metadata.name,
          certificateSecret: certificate.secretName,
          ...secrets,
        }),
        waitFor: 'jsonpath={.status.state}=ready',
        deadline: args.deadline ?? '20m',
      },
      pulumi.mergeOptions(afterOperator, { dependsOn: traffic }),
    );
    const first = custom(
      'first-backup',
      'PerconaServerMongoDBBackup',
      {
        spec: {
          clusterName: cluster.metadata.name,
          storageName: STORAGE,
          type: 'logical',
          compressionType: 'gzip',
        },
        // A wrong bucket or role shows now instead of on the day of the restore.
        waitFor: 'jsonpath={.status.state}=ready',
        deadline: '10m',
      },
      parent,
    );
    this.firstBackup = first.metadata.name;

    const hosts = Array.from(
      { length: instances },
      (_, index) => pulumi.interpolate`${name}-${REPLICA_SET}-${index}.${domain}:27017`,
    );
    this.access = {
      uri: pulumi
        .all([secrets.password, pulumi.all(hosts), cluster.metadata])
        .apply(([password, known]) => mongoUri(password, known, args.database)),
      database: args.database,
      caPem: args.caPem,
      peer: members(namespace, name),
    };
    this.registerOutputs({ firstBackup: this.firstBackup });
  }
}

/** Writes count when a majority has them, so that a failover takes none back. */
function mongoUri(password: string, hosts: readonly string[], database: string): string {
  const query = `replicaSet=${REPLICA_SET}&tls=true&authSource=admin&authMechanism=SCRAM-SHA-256&w=majority`;
  return `mongodb://${APPLICATION}:${encodeURIComponent(password)}@${hosts.join(',')}/${database}?${query}`;
}

function checkArgs(name: string, { backup }: PerconaStoreArgs): void {
  checkCron(`${name}.backup.schedule`, backup.schedule, 5);
  if (!Number.isInteger(backup.keep) || backup.keep < 1) {
    throw new ConfigError(`${name}.backup.keep`, `${backup.keep} must be a whole number from 1.`);
  }
  if (`${name}${REPLICA_SET}`.length > 50) {
    throw new ConfigError(name, 'is too long: with the replica set it may have 50 characters.');
  }
}
