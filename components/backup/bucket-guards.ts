// The group's index would load 300 modules (a quarter of a second per preview) for six classes.
import type { Bucket } from '@pulumi/aws/s3/bucket.js';
import { BucketLifecycleConfiguration } from '@pulumi/aws/s3/bucketLifecycleConfiguration.js';
import { BucketLogging } from '@pulumi/aws/s3/bucketLogging.js';
import { BucketObjectLockConfiguration } from '@pulumi/aws/s3/bucketObjectLockConfiguration.js';
import { BucketOwnershipControls } from '@pulumi/aws/s3/bucketOwnershipControls.js';
import { BucketPublicAccessBlock } from '@pulumi/aws/s3/bucketPublicAccessBlock.js';
import { BucketServerSideEncryptionConfiguration } from '@pulumi/aws/s3/bucketServerSideEncryptionConfiguration.js';
import type { BucketVersioning } from '@pulumi/aws/s3/bucketVersioning.js';
import type * as pulumi from '@pulumi/pulumi';

import { ConfigError } from '../errors.ts';

/** How objects are encrypted at rest when the writer says nothing. */
export type BucketEncryption =
  | { readonly kind: 'aes256' }
  /** `keyArn` of a customer key: who may not use the key cannot read a backup either. */
  | { readonly kind: 'kms'; readonly keyArn: pulumi.Input<string> };

/** What Amazon S3 can do beyond other servers. */
export interface AwsServer {
  readonly kind: 'aws';
  readonly encryption: BucketEncryption;
  /** Days that an overwritten or deleted object can still be brought back, from 1. */
  readonly noncurrentDays: number;
  /** Folders whose objects end by age, because their writer deletes none. Default: none. */
  readonly expirations?: readonly { readonly prefix: string; readonly days: number }[];
  /**
   * Nobody can delete a version for so many days after it was written; with `COMPLIANCE` not even
   * the account's root. It can be chosen only when the bucket is made. Default: no lock.
   */
  readonly objectLock?: { readonly mode: 'GOVERNANCE' | 'COMPLIANCE'; readonly days: number };
  /** Existing bucket that gets a line per request, below the name of this bucket. Default: none. */
  readonly accessLogBucket?: string;
}

/** Everything that keeps a bucket in AWS private, encrypted, pruned and, if so wished, locked. */
export function bucketGuards(
  name: string,
  { bucket }: Bucket,
  versioning: BucketVersioning,
  server: AwsServer,
  opts: pulumi.CustomResourceOptions,
): pulumi.Resource[] {
  const { encryption, objectLock, accessLogBucket } = server;
  // What is about versions is refused by a bucket that has none yet.
  const afterVersioning = { ...opts, dependsOn: [versioning] };
  const byDefault =
    encryption.kind === 'kms'
      ? { sseAlgorithm: 'aws:kms', kmsMasterKeyId: encryption.keyArn }
      : { sseAlgorithm: 'AES256' };
  const guards: pulumi.Resource[] = [
    new BucketPublicAccessBlock(
      `${name}-public-access`,
      {
        bucket,
        blockPublicAcls: true,
        blockPublicPolicy: true,
        ignorePublicAcls: true,
        restrictPublicBuckets: true,
      },
      opts,
    ),
    new BucketOwnershipControls(
      `${name}-ownership`,
      // Access lists are off: only policies say who may do what.
      { bucket, rule: { objectOwnership: 'BucketOwnerEnforced' } },
      opts,
    ),
    new BucketServerSideEncryptionConfiguration(
      `${name}-encryption`,
      // A bucket key spares one KMS request, and its price, per object.
      {
        bucket,
        rules: [{ applyServerSideEncryptionByDefault: byDefault, bucketKeyEnabled: true }],
      },
      opts,
    ),
    new BucketLifecycleConfiguration(
      `${name}-lifecycle`,
      { bucket, rules: lifecycleRules(server) },
      afterVersioning,
    ),
  ];
  if (objectLock !== undefined) {
    const rule = { defaultRetention: { ...objectLock } };
    guards.push(
      new BucketObjectLockConfiguration(`${name}-lock`, { bucket, rule }, afterVersioning),
    );
  }
  if (accessLogBucket !== undefined) {
    const target = { targetBucket: accessLogBucket, targetPrefix: `${name}/` };
    guards.push(new BucketLogging(`${name}-access-log`, { bucket, ...target }, opts));
  }
  return guards;
}

function lifecycleRules({ noncurrentDays, expirations = [] }: AwsServer) {
  return [
    {
      id: 'prune',
      status: 'Enabled',
      filter: {},
      // Backups end by the writer's retention; only what it deleted or overwrote ends here.
      noncurrentVersionExpiration: { noncurrentDays },
      expiration: { expiredObjectDeleteMarker: true },
      abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
    },
    ...expirations.map(({ prefix, days }) => ({
      id: `expire-${prefix}`,
      status: 'Enabled',
      filter: { prefix: `${prefix}/` },
      expiration: { days },
    })),
  ];
}

/** Refuses days that are none, and a bucket that logs into itself. */
export function checkGuards(name: string, bucket: string, server: AwsServer): void {
  const { noncurrentDays, objectLock, accessLogBucket, expirations = [] } = server;
  const days = (path: string, value: number) => {
    if (Number.isInteger(value) && value >= 1) return;
    const problem = `${value} is not a number of days: it must be a whole number from 1.`;
    throw new ConfigError(`${name}.${path}`, problem);
  };
  days('noncurrentDays', noncurrentDays);
  expirations.forEach((one) => {
    days(`expirations.${one.prefix}`, one.days);
  });
  if (objectLock !== undefined) days('objectLock.days', objectLock.days);
  if (accessLogBucket !== bucket) return;
  throw new ConfigError(
    `${name}.accessLogBucket`,
    `"${bucket}" would log its own logs.`,
    'Name another bucket.',
  );
}
