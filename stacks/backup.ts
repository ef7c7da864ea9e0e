// The package's index would load 300 modules for one class.
import { Provider } from '@pulumi/aws/provider.js';
import type * as pulumi from '@pulumi/pulumi';

import type { BackupTarget } from '../components/backup/backup-access.ts';
import { BackupBucket } from '../components/backup/backup-bucket.ts';
import { ObjectGateway } from '../components/backup/object-gateway.ts';
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
  /** IAM role that the writers' ServiceAccounts assume. */
  readonly roleArn: pulumi.Input<string>;
  /** Customer key for objects at rest. Default: S3's own key (AES-256). */
  readonly keyArn?: pulumi.Input<string>;
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
  /** Days that an overwritten or deleted object can still be brought back (S3). Default: 30. */
  readonly noncurrentDays?: number;
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
  return { bucket: target.bucket, access: gateway.access };
}

function inS3(args: BackupArgs, store: S3Store): BackupTarget {
  const { bucket, protect, noncurrentDays = 30 } = args;
  const { region, roleArn, keyArn, cidrs = ['0.0.0.0/0'] } = store;
  const provider = new Provider('backup', { region });
  const target = new BackupBucket(
    'backup',
    {
      bucket,
      provider,
      server: {
        kind: 'aws',
        encryption: keyArn === undefined ? { kind: 'aes256' } : { kind: 'kms', keyArn },
        noncurrentDays,
      },
    },
    { protect },
  );
  const peers = cidrs.map((cidr) => Peer.cidr(cidr));
  return { bucket: target.bucket, access: { kind: 'role', roleArn, region, peers } };
}
