import type * as pulumi from '@pulumi/pulumi';

import type { BackupTarget } from '../components/backup/backup-access.ts';
import type { CertificateAuthority } from '../components/certificates/certificate-authority.ts';
import type { CertificateIssuer } from '../components/certificates/certificate-issuer.ts';
import type { ContainerResources } from '../components/container-resources.ts';
import type { DocumentAccess } from '../components/documents/document-access.ts';
import type { DocumentStore } from '../components/documents/document-store.ts';
import { FerretDbStore } from '../components/documents/ferretdb-store.ts';
import { memberAccount, PerconaStore } from '../components/documents/percona-store.ts';
import { ConfigError } from '../components/errors.ts';
import { Peer } from '../components/network/peer.ts';
import { Port } from '../components/network/port.ts';
import type { OperatorsLock } from '../components/operators/lock.ts';
import { ACCOUNT, MongoDbOperator } from '../components/operators/mongodb-operator.ts';
import type { PostgresAccess } from '../components/postgres/postgres-access.ts';
import { PostgresCluster } from '../components/postgres/postgres-cluster.ts';
import type { RedisAccess } from '../components/redis/redis-access.ts';
import type { RedisBackupArgs } from '../components/redis/redis-backup.ts';
import { RedisCluster } from '../components/redis/redis-cluster.ts';
import type { Apart } from '../components/spread.ts';

export interface DataArgs {
  /** Namespace of the databases. Its default-deny policy must exist first. */
  readonly namespace: pulumi.Input<string>;
  /** Namespace of the CloudNativePG operator. */
  readonly operatorNamespace: pulumi.Input<string>;
  /** CloudNativePG and its backup plugin: their CRDs and webhooks must be there first. */
  readonly operators: readonly pulumi.Resource[];
  readonly authority: CertificateAuthority;
  /** Issues certificates that their servers follow. Default: the authority. */
  readonly issuer?: CertificateIssuer;
  /** Folder of the operators' manifests, for an operator that lives beside its databases. */
  readonly manifests: string;
  /** Sources of the manifests. Default: the committed lock file. */
  readonly lock?: OperatorsLock;
  /** Where the Kubernetes API answers behind its Service. */
  readonly apiServer: { readonly cidr: string; readonly port: number };
  /** Images by digest. */
  readonly images: {
    readonly postgres: pulumi.Input<string>;
    readonly pooler: pulumi.Input<string>;
    readonly redis: pulumi.Input<string>;
    /** Default: Redis gives no metrics. */
    readonly redisExporter?: pulumi.Input<string>;
    readonly documents: pulumi.Input<string>;
  };
  /** Storage class of all volumes. Default: the cluster's. */
  readonly storageClass?: string;
  /** DNS domain of the cluster. Default: `cluster.local`. */
  readonly clusterDomain?: string;
  readonly postgres: {
    readonly instances: 1 | 2 | 3 | 5;
    readonly synchronous: boolean;
    /** Volume of each instance, such as `20Gi`. */
    readonly storage: string;
    /** Separate WAL volume of each instance. Default: the WAL lies on the data volume. */
    readonly walStorage?: string;
    readonly maxConnections?: number;
    readonly database: string;
    readonly resources: ContainerResources;
    readonly pooler: { readonly instances: number; readonly poolSize: number };
    /** How far apart instances must be. Default: `required` from three instances on. */
    readonly spread?: Apart;
  };
  readonly redis: {
    readonly nodes: number;
    readonly storage: string;
    readonly maxmemory?: string;
    readonly resources: ContainerResources;
    /** How far apart nodes must be. Default: `preferred`. */
    readonly spread?: Apart;
    /** Snapshots of every shard. Default: none are made. */
    readonly backup?: RedisBackupArgs;
  };
  readonly documents: FerretDbSettings | PerconaSettings;
  readonly backup: {
    readonly target: BackupTarget;
    /** Unix cron, five fields, UTC. */
    readonly schedule: string;
    /** Days back that any moment can be restored. */
    readonly retentionDays: number;
  };
  /** Pulumi refuses to delete or replace what holds data. */
  readonly protect: boolean;
}

/** The MongoDB protocol on PostgreSQL. */
export interface FerretDbSettings {
  readonly engine: 'ferretdb';
  readonly replicas: number;
  readonly database: string;
  readonly resources: ContainerResources;
}

/** A replica set of MongoDB servers. */
export interface PerconaSettings {
  readonly engine: 'percona';
  /** Percona Operator for MongoDB, with its digest. */
  readonly operatorImage: string;
  readonly backupImage: pulumi.Input<string>;
  readonly instances: 3 | 5;
  /** Volume of each member, such as `50Gi`. */
  readonly storage: string;
  /** Cache of each server, such as `1Gi`. */
  readonly cache: string;
  readonly database: string;
  readonly resources: ContainerResources;
  /** Full backups that are kept. */
  readonly keep: number;
}

export interface DataOutputs {
  readonly postgres: PostgresAccess;
  readonly redis: RedisAccess;
  readonly documents: DocumentAccess;
  /** Name of the first base backup; resolves once it is complete. */
  readonly firstBackup: pulumi.Output<string>;
}

/** The databases, and for each what a client needs to reach it. */
export function data(args: DataArgs): DataOutputs {
  const { protect } = args;
  const postgres = postgresCluster(args, { protect, dependsOn: [...args.operators] });
  const redis = redisCluster(args, { protect });
  const documents = documentStore(args, postgres);
  return {
    postgres: postgres.access,
    redis: redis.access,
    documents: documents.access,
    firstBackup: postgres.firstBackup,
  };
}

function postgresCluster(args: DataArgs, opts: pulumi.ComponentResourceOptions): PostgresCluster {
  const { postgres, backup, images, apiServer } = args;
  const { instances, storage, walStorage, maxConnections } = postgres;
  const volume = (size: string) => ({ size, ...storageClassOf(args) });
  return new PostgresCluster(
    'postgres',
    {
      namespace: args.namespace,
      authority: args.authority,
      image: images.postgres,
      instances,
      synchronous: postgres.synchronous,
      storage: volume(storage),
      ...(walStorage === undefined ? {} : { walStorage: volume(walStorage) }),
      resources: postgres.resources,
      database: postgres.database,
      ...(maxConnections === undefined ? {} : { maxConnections }),
      backup: {
        target: backup.target,
        retention: `${backup.retentionDays}d`,
        // The operator counts seconds too.
        schedule: `0 ${backup.schedule}`,
      },
      pooler: { image: images.pooler, ...postgres.pooler },
      operator: Peer.pods(args.operatorNamespace, { 'app.kubernetes.io/name': 'cloudnative-pg' }),
      apiServer: { peer: Peer.cidr(apiServer.cidr), port: Port.tcp(apiServer.port) },
      spread: postgres.spread ?? (instances >= 3 ? 'required' : 'preferred'),
      ...clusterDomainOf(args),
    },
    opts,
  );
}

function redisCluster(args: DataArgs, opts: pulumi.ComponentResourceOptions): RedisCluster {
  const { namespace, authority, images, redis } = args;
  return new RedisCluster(
    'redis',
    {
      namespace,
      authority,
      image: images.redis,
      ...(images.redisExporter === undefined ? {} : { exporter: images.redisExporter }),
      ...redis,
      ...storageClassOf(args),
      ...clusterDomainOf(args),
    },
    opts,
  );
}

function documentStore(args: DataArgs, postgres: PostgresCluster): DocumentStore {
  const { documents } = args;
  return documents.engine === 'percona'
    ? perconaStore(args, documents)
    : ferretDbStore(args, documents, postgres);
}

/** Not protected: it keeps nothing itself, and PostgreSQL retains the database it made. */
function ferretDbStore(
  args: DataArgs,
  documents: FerretDbSettings,
  { clusterName, access }: PostgresCluster,
): DocumentStore {
  const { namespace, authority, images } = args;
  return new FerretDbStore('documents', {
    namespace,
    authority,
    image: images.documents,
    replicas: documents.replicas,
    database: documents.database,
    resources: documents.resources,
    postgres: { cluster: clusterName, peer: access.directPeer },
    ...clusterDomainOf(args),
  });
}

/** With its operator, whose role for backups is made by the layer below. */
function perconaStore(
  args: DataArgs,
  { engine, operatorImage, backupImage, storage, keep, ...documents }: PerconaSettings,
): DocumentStore {
  const { namespace, authority, issuer = authority, images, protect } = args;
  const { target, schedule } = args.backup;
  const name = 'documents';
  const access = target.accessFor({
    prefix: name,
    serviceAccounts: [
      { namespace, name: memberAccount(name) },
      { namespace, name: ACCOUNT },
    ],
  });
  if (access.kind !== 'role') {
    throw new ConfigError(
      'documents.engine',
      `"${engine}" takes its backups to S3 as a role, and backup.store is in the cluster.`,
    );
  }
  const operator = new MongoDbOperator('mongodb-operator', {
    namespace,
    manifests: args.manifests,
    image: operatorImage,
    apiServer: args.apiServer,
    backupRoleArn: access.roleArn,
    protectDefinitions: protect,
    ...(args.lock === undefined ? {} : { lock: args.lock }),
  });
  return new PerconaStore(
    name,
    {
      namespace,
      issuer,
      caPem: authority.certificatePem,
      image: images.documents,
      backupImage,
      storage: { size: storage, ...storageClassOf(args) },
      ...documents,
      backup: { bucket: target.bucket, access, schedule, keep },
      operator: operator.peer,
      ...clusterDomainOf(args),
    },
    { protect, dependsOn: [operator] },
  );
}

function storageClassOf({ storageClass }: DataArgs) {
  return storageClass === undefined ? {} : { storageClass };
}

function clusterDomainOf({ clusterDomain }: DataArgs) {
  return clusterDomain === undefined ? {} : { clusterDomain };
}
