// The package's index would load 300 modules for one class.
import { Provider } from '@pulumi/aws/provider.js';
import type * as pulumi from '@pulumi/pulumi';

import type { BackupTarget, BackupWriter } from '../components/backup/backup-access.ts';
import { BackupBucket } from '../components/backup/backup-bucket.ts';
import { BackupKey } from '../components/backup/backup-key.ts';
import type { AwsServer } from '../components/backup/bucket-guards.ts';
import { distinctWriters } from '../components/backup/distinct-writers.ts';
import { ObjectGateway } from '../components/backup/object-gateway.ts';
import { WriterRole } from '../components/backup/writer-role.ts';
import type { CertificateAuthority } from '../components/certificates/certificate-authority.ts';
import { Peer } from '../components/network/peer.ts';

/** A store inside the cluster: needs no account. Its backups die with the cluster's disks. */
export interface ObjectGatewayStore {
  readonly kind: 'object-gateway';
  /** versitygw image, by digest. */
  readonly image: pulumi.Input<string>;
  /** Volume of the store, a Kubernetes quantity such as `10Gi`. */
  readonly storage: string;
}

/** Amazon S3, with the credentials that Pulumi's own environment holds. */
export interface S3Store {
  readonly kind: 's3';
  /** Region of the bucket, such as `eu-west-1`. */
  readonly region: string;
  /** Either the platform makes a role per writer, or one that exists serves them all. */
  readonly roles:
    | {
        readonly kind: 'per-writer';
        /** The account's OIDC provider for the cluster, `arn:aws:iam::…:oidc-provider/…`. */
        readonly oidcProviderArn: string;
      }
    | { readonly kind: 'given'; readonly roleArn: string };
  /** Customer key for objects at rest. Default: the platform makes one. */
  readonly keyArn?: string;
  /** Days that an overwritten or deleted object can still be brought back. Default: 30. */
  readonly noncurrentDays?: number;
  /** Folders whose objects end by age, because their writer deletes none. Default: none. */
  readonly expirations?: AwsServer['expirations'];
  /** Nobody can delete a backup for so long. Default: no lock. */
  readonly objectLock?: AwsServer['objectLock'];
  /** Existing bucket that gets a line per request. Default: none. */
  readonly accessLogBucket?: string;
  /** Where S3 and STS answer: the VPC endpoints' network. Default: any address but metadata. */
  readonly cidrs?: readonly string[];
}

export interface BackupArgs {
  /** Namespace of the databases: the store and its credentials live beside them. */
  readonly namespace: pulumi.Input<string>;
  readonly authority: CertificateAuthority;
  readonly store: ObjectGatewayStore | S3Store;
  /** Name of the bucket; unique in the world on AWS. */
  readonly bucket: string;
  /** Storage class of the store's volume. Default: the cluster's. */
  readonly storageClass?: string;
  /** DNS domain of the cluster. Default: `cluster.local`. */
  readonly clusterDomain?: string;
  /** The bucket and the store's volume cannot be deleted by a wrong `up` or `destroy`. */
  readonly protect: boolean;
}

/** The bucket that every other layer backs up into, and the way into it. */
export function backup(args: BackupArgs): BackupTarget {
  return args.store.kind === 's3' ? inS3(args, args.store) : inCluster(args, args.store);
}

function inCluster(args: BackupArgs, store: ObjectGatewayStore): BackupTarget {
  const { namespace, authority, bucket, storageClass, clusterDomain, protect } = args;
  const gateway = new ObjectGateway(
    'objects',
    {
      namespace,
      authority,
      image: store.image,
      storage: store.storage,
      ...(storageClass === undefined ? {} : { storageClass }),
      ...(clusterDomain === undefined ? {} : { clusterDomain }),
    },
    { protect },
  );
  const provider = new Provider(
    'objects',
    {
      region: gateway.access.region,
      accessKey: gateway.credentials.accessKeyId,
      secretKey: gateway.credentials.secretAccessKey,
      endpoints: [{ s3: gateway.externalEndpoint }],
      s3UsePathStyle: true,
      // There is no account behind it to ask.
      skipCredentialsValidation: true,
      skipRequestingAccountId: true,
      skipMetadataApiCheck: true,
      // The platform's authority is known to nobody outside the cluster, and the provider takes
      // trusted certificates only as a file. Pods verify: see `endpointCA` of the ObjectStore.
      insecure: true,
    },
    // Without the server, the first bucket would be refused rather than wait.
    { dependsOn: [gateway] },
  );
  const target = new BackupBucket(
    'backup',
    { bucket, provider, server: { kind: 'versitygw' } },
    { protect },
  );
  return {
    bucket: target.bucket,
    region: gateway.access.region,
    endpoint: gateway.access.endpoint,
    accessFor: distinctWriters('backup', () => gateway.access),
  };
}

function inS3({ bucket, protect }: BackupArgs, store: S3Store): BackupTarget {
  const { region, roles, noncurrentDays = 30, cidrs = ['0.0.0.0/0'] } = store;
  const account = accountOf(roles.kind === 'given' ? roles.roleArn : roles.oidcProviderArn);
  const provider = new Provider('backup', {
    region,
    // Credentials of another account fail here, before anything is made there.
    allowedAccountIds: [account.id],
  });
  const keyArn = store.keyArn ?? ownKey({ provider, bucket, account, protect });
  const { expirations, objectLock, accessLogBucket } = store;
  const target = new BackupBucket(
    'backup',
    {
      bucket,
      provider,
      server: {
        kind: 'aws',
        encryption: { kind: 'kms', keyArn },
        noncurrentDays,
        ...(expirations === undefined ? {} : { expirations }),
        ...(objectLock === undefined ? {} : { objectLock }),
        ...(accessLogBucket === undefined ? {} : { accessLogBucket }),
      },
      retain: protect,
    },
    { protect },
  );
  const peers = cidrs.map((cidr) => Peer.cidr(cidr));
  const roleOf = (writer: BackupWriter) =>
    roles.kind === 'given'
      ? roles.roleArn
      : new WriterRole(
          `backup-${writer.prefix}`,
          {
            ...writer,
            provider,
            oidcProviderArn: roles.oidcProviderArn,
            bucketArn: target.arn,
            keyArn,
            region,
          },
          { parent: target },
        ).roleArn;
  return {
    bucket: target.bucket,
    region,
    accessFor: distinctWriters('backup', (writer) => {
      return { kind: 'role', roleArn: roleOf(writer), region, keyArn, peers };
    }),
  };
}

interface Account {
  readonly partition: string;
  readonly id: string;
}

function accountOf(arn: string): Account {
  const [, partition = '', , , id = ''] = arn.split(':');
  return { partition, id };
}

function ownKey(args: {
  readonly provider: Provider;
  readonly bucket: string;
  readonly account: Account;
  readonly protect: boolean;
}): pulumi.Output<string> {
  const { provider, bucket, account, protect } = args;
  const accountArn = `arn:${account.partition}:iam::${account.id}:root`;
  return new BackupKey(
    'backup-encryption',
    { provider, alias: bucket, accountArn, retain: protect },
    { protect },
  ).keyArn;
}
