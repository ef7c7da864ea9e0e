import type { Provider } from '@pulumi/aws/provider.js';
// The group's index would load 300 modules (a quarter of a second per preview) for six classes.
import { Bucket } from '@pulumi/aws/s3/bucket.js';
import { BucketLifecycleConfiguration } from '@pulumi/aws/s3/bucketLifecycleConfiguration.js';
import { BucketPolicy } from '@pulumi/aws/s3/bucketPolicy.js';
import { BucketPublicAccessBlock } from '@pulumi/aws/s3/bucketPublicAccessBlock.js';
import { BucketServerSideEncryptionConfiguration } from '@pulumi/aws/s3/bucketServerSideEncryptionConfiguration.js';
import { BucketVersioning } from '@pulumi/aws/s3/bucketVersioning.js';
import * as pulumi from '@pulumi/pulumi';

import { ConfigError } from '../errors.ts';
import { bucketPolicy } from './bucket-policy.ts';

/** How objects are encrypted at rest when the writer says nothing. */
export type BucketEncryption =
  | { readonly kind: 'aes256' }
  /** `keyArn` of a customer key: who may not use the key cannot read a backup either. */
  | { readonly kind: 'kms'; readonly keyArn: pulumi.Input<string> };

export interface BackupBucketArgs {
  /** Name of the bucket, explicit: the credentials of writers and the restore procedure name it. */
  readonly bucket: string;
  /** Speaks to the account, or to the S3 server inside the cluster. */
  readonly provider: Provider;
  /**
   * What the server can do. versitygw 1.8 has versioning and policies but answers 501 to
   * encryption, lifecycle and public access block: there the disk is encrypted or not, nothing is
   * public, and old versions stay until someone deletes them.
   */
  readonly server:
    | { readonly kind: 'versitygw' }
    | {
        readonly kind: 'aws';
        readonly encryption: BucketEncryption;
        /** Days that an overwritten or deleted object can still be brought back, from 1. */
        readonly noncurrentDays: number;
      };
}

/** A versioned bucket that is reachable only over TLS, and on AWS encrypted, private and pruned. */
export class BackupBucket extends pulumi.ComponentResource {
  /** Name of the bucket. Whoever waits for it has waited for its policy and versioning too. */
  readonly bucket: pulumi.Output<string>;

  constructor(name: string, args: BackupBucketArgs, opts?: pulumi.ComponentResourceOptions) {
    const { provider, server } = args;
    checkServer(name, server);
    super('saas:backup:BackupBucket', name, { bucket: args.bucket, server }, opts);
    const parent = { parent: this, provider };

    const bucket = new Bucket(
      `${name}-bucket`,
      {
        bucket: args.bucket,
        // A store inside the cluster goes with it, and so does what it holds; protection forbids both.
        forceDestroy: server.kind === 'versitygw' && opts?.protect !== true,
      },
      parent,
    );
    const versioning = new BucketVersioning(
      `${name}-versioning`,
      { bucket: bucket.bucket, versioningConfiguration: { status: 'Enabled' } },
      parent,
    );
    const guards = server.kind === 'aws' ? awsGuards(name, bucket, versioning, server, parent) : [];
    const policy = new BucketPolicy(
      `${name}-policy`,
      {
        bucket: bucket.bucket,
        policy: pulumi.jsonStringify(
          bucketPolicy(
            bucket.arn,
            server.kind === 'aws' && server.encryption.kind === 'kms'
              ? server.encryption.keyArn
              : undefined,
          ),
        ),
      },
      // S3 refuses a policy while another control of the same bucket is being changed.
      { ...parent, dependsOn: [versioning, ...guards] },
    );

    this.bucket = policy.bucket;
    this.registerOutputs({ bucket: this.bucket });
  }
}

function awsGuards(
  name: string,
  { bucket }: Bucket,
  versioning: BucketVersioning,
  server: Extract<BackupBucketArgs['server'], { kind: 'aws' }>,
  parent: pulumi.CustomResourceOptions,
): pulumi.Resource[] {
  const { encryption, noncurrentDays } = server;
  const byDefault =
    encryption.kind === 'kms'
      ? { sseAlgorithm: 'aws:kms', kmsMasterKeyId: encryption.keyArn }
      : { sseAlgorithm: 'AES256' };
  return [
    new BucketPublicAccessBlock(
      `${name}-public-access`,
      {
        bucket,
        blockPublicAcls: true,
        blockPublicPolicy: true,
        ignorePublicAcls: true,
        restrictPublicBuckets: true,
      },
      parent,
    ),
    new BucketServerSideEncryptionConfiguration(
      `${name}-encryption`,
      // A bucket key spares one KMS request, and its price, per object.
      {
        bucket,
        rules: [{ applyServerSideEncryptionByDefault: byDefault, bucketKeyEnabled: true }],
      },
      parent,
    ),
    new BucketLifecycleConfiguration(
      `${name}-lifecycle`,
      {
        bucket,
        rules: [
          {
            id: 'prune',
            status: 'Enabled',
            filter: {},
            // Backups end by the writer's retention; only what it deleted or overwrote ends here.
            noncurrentVersionExpiration: { noncurrentDays },
            expiration: { expiredObjectDeleteMarker: true },
            abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
          },
        ],
      },
      // Rules about versions are refused by a bucket that has none yet.
      { ...parent, dependsOn: [versioning] },
    ),
  ];
}

function checkServer(name: string, server: BackupBucketArgs['server']): void {
  if (server.kind !== 'aws') return;
  const { noncurrentDays } = server;
  if (Number.isInteger(noncurrentDays) && noncurrentDays >= 1) return;
  throw new ConfigError(
    `${name}.noncurrentDays`,
    `${noncurrentDays} is not a number of days: it must be a whole number from 1.`,
  );
}
