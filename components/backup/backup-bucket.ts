import type { Provider } from '@pulumi/aws/provider.js';
// The group's index would load 300 modules (a quarter of a second per preview) for three classes.
import { Bucket } from '@pulumi/aws/s3/bucket.js';
import { BucketPolicy } from '@pulumi/aws/s3/bucketPolicy.js';
import { BucketVersioning } from '@pulumi/aws/s3/bucketVersioning.js';
import * as pulumi from '@pulumi/pulumi';

import { type AwsServer, bucketGuards, checkGuards } from './bucket-guards.ts';
import { bucketPolicy } from './bucket-policy.ts';

export type { BucketEncryption } from './bucket-guards.ts';

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
  readonly server: { readonly kind: 'versitygw' } | AwsServer;
  /** The bucket stays, with all its settings, when its resource is deleted. Default: false. */
  readonly retain?: boolean;
}

/** A versioned bucket that is reachable only over TLS, and on AWS encrypted, private and pruned. */
export class BackupBucket extends pulumi.ComponentResource {
  /** Name of the bucket. Whoever waits for it has waited for its policy and versioning too. */
  readonly bucket: pulumi.Output<string>;
  /** ARN of the bucket itself; its objects are below it. */
  readonly arn: pulumi.Output<string>;

  constructor(name: string, args: BackupBucketArgs, opts?: pulumi.ComponentResourceOptions) {
    const { provider, server, retain = false } = args;
    const aws = server.kind === 'aws' ? server : undefined;
    if (aws !== undefined) checkGuards(name, args.bucket, aws);
    super('saas:backup:BackupBucket', name, { bucket: args.bucket, server }, opts);
    const parent = { parent: this, provider };

    const bucket = new Bucket(
      `${name}-bucket`,
      {
        bucket: args.bucket,
        // A store inside the cluster goes with it, and so does what it holds; protection forbids both.
        forceDestroy: server.kind === 'versitygw' && opts?.protect !== true,
        ...(aws?.objectLock === undefined ? {} : { objectLockEnabled: true }),
      },
      { ...parent, retainOnDelete: retain },
    );
    // A bucket that stays keeps its settings: they are never taken off before it goes.
    const setting = retain ? { ...parent, deletedWith: bucket } : parent;
    const versioning = new BucketVersioning(
      `${name}-versioning`,
      { bucket: bucket.bucket, versioningConfiguration: { status: 'Enabled' } },
      setting,
    );
    const guards = aws === undefined ? [] : bucketGuards(name, bucket, versioning, aws, setting);
    const keyArn = aws?.encryption.kind === 'kms' ? aws.encryption.keyArn : undefined;
    const policy = new BucketPolicy(
      `${name}-policy`,
      {
        bucket: bucket.bucket,
        policy: pulumi.jsonStringify(bucketPolicy(bucket.arn, keyArn)),
      },
      // S3 refuses a policy while another control of the same bucket is being changed.
      { ...setting, dependsOn: [versioning, ...guards] },
    );

    this.bucket = policy.bucket;
    this.arn = bucket.arn;
    this.registerOutputs({ bucket: this.bucket });
  }
}
