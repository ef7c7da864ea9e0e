import type {
  LoggingEnabled,
  ObjectLockRule,
  OwnershipControlsRule,
  ServerSideEncryptionRule,
} from '@aws-sdk/client-s3';

import { isValues, type Values } from '../provider/values.ts';
import { bucketSetting } from './bucket-setting.ts';
import { fromS3, toS3 } from './shape.ts';
import { oneOf, status } from './status.ts';

export const bucketVersioning = bucketSetting({
  what: 'versioning',
  inputs: { versioningConfiguration: { kind: 'map', required: true } },
  check: ({ versioningConfiguration: setting }) =>
    oneOf('versioningConfiguration.status', status(setting), ['Enabled', 'Suspended', 'Disabled']),
  put: async ({ sdk, client }, Bucket, { versioningConfiguration }) => {
    const VersioningConfiguration = toS3(versioningConfiguration) as { Status?: 'Enabled' };
    // "Disabled" is the word for a bucket that never had versions; S3 has no call for it.
    if (status(versioningConfiguration) === 'Disabled') return;
    await client.send(new sdk.PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
  },
  get: async ({ sdk, client }, Bucket, state) => {
    const { Status } = await client.send(new sdk.GetBucketVersioningCommand({ Bucket }));
    const own = state['versioningConfiguration'];
    return {
      versioningConfiguration: { ...(isValues(own) ? own : {}), status: Status ?? 'Disabled' },
    };
  },
  remove: async ({ sdk, client }, Bucket, { versioningConfiguration }) => {
    if (status(versioningConfiguration) === 'Disabled') return;
    const VersioningConfiguration = { Status: 'Suspended' } as const;
    await client.send(new sdk.PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
  },
});

export const bucketServerSideEncryptionConfiguration = bucketSetting({
  what: 'default encryption',
  inputs: { rules: { kind: 'list', required: true } },
  put: ({ sdk, client }, Bucket, { rules }) =>
    client.send(
      new sdk.PutBucketEncryptionCommand({
        Bucket,
        ServerSideEncryptionConfiguration: { Rules: toS3(rules) as ServerSideEncryptionRule[] },
      }),
    ),
  get: async ({ sdk, client }, Bucket) => {
    const answer = await client.send(new sdk.GetBucketEncryptionCommand({ Bucket }));
    return { rules: fromS3(answer.ServerSideEncryptionConfiguration?.Rules) };
  },
  remove: ({ sdk, client }, Bucket) =>
    client.send(new sdk.DeleteBucketEncryptionCommand({ Bucket })),
});

export const bucketPublicAccessBlock = bucketSetting({
  what: 'the public access block',
  inputs: {
    blockPublicAcls: { kind: 'boolean', default: false },
    blockPublicPolicy: { kind: 'boolean', default: false },
    ignorePublicAcls: { kind: 'boolean', default: false },
    restrictPublicBuckets: { kind: 'boolean', default: false },
  },
  put: ({ sdk, client }, Bucket, values) => {
    const { blockPublicAcls, blockPublicPolicy, ignorePublicAcls, restrictPublicBuckets } = values;
    const flags = { blockPublicAcls, blockPublicPolicy, ignorePublicAcls, restrictPublicBuckets };
    const PublicAccessBlockConfiguration = toS3(flags) as Record<string, boolean>;
    return client.send(
      new sdk.PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration }),
    );
  },
  get: async ({ sdk, client }, Bucket) => {
    const answer = await client.send(new sdk.GetPublicAccessBlockCommand({ Bucket }));
    return fromS3(answer.PublicAccessBlockConfiguration) as Values;
  },
  remove: ({ sdk, client }, Bucket) =>
    client.send(new sdk.DeletePublicAccessBlockCommand({ Bucket })),
});

export const bucketOwnershipControls = bucketSetting({
  what: 'ownership controls',
  inputs: { rule: { kind: 'map', required: true } },
  put: ({ sdk, client }, Bucket, { rule }) =>
    client.send(
      new sdk.PutBucketOwnershipControlsCommand({
        Bucket,
        OwnershipControls: { Rules: [toS3(rule) as OwnershipControlsRule] },
      }),
    ),
  get: async ({ sdk, client }, Bucket) => {
    const answer = await client.send(new sdk.GetBucketOwnershipControlsCommand({ Bucket }));
    return { rule: fromS3(answer.OwnershipControls?.Rules?.[0]) };
  },
  remove: ({ sdk, client }, Bucket) =>
    client.send(new sdk.DeleteBucketOwnershipControlsCommand({ Bucket })),
});

export const bucketObjectLockConfiguration = bucketSetting({
  what: 'object lock',
  inputs: {
    objectLockEnabled: { kind: 'string', default: 'Enabled', oneOf: ['Enabled'] },
    rule: { kind: 'map' },
  },
  put: ({ sdk, client }, Bucket, { rule }) => {
    const Rule = rule === undefined ? {} : { Rule: toS3(rule) as ObjectLockRule };
    const ObjectLockConfiguration = { ObjectLockEnabled: 'Enabled', ...Rule } as const;
    return client.send(
      new sdk.PutObjectLockConfigurationCommand({ Bucket, ObjectLockConfiguration }),
    );
  },
  get: async ({ sdk, client }, Bucket) => {
    const answer = await client.send(new sdk.GetObjectLockConfigurationCommand({ Bucket }));
    return fromS3(answer.ObjectLockConfiguration) as Values;
  },
  // Object lock can never be switched off; only its default retention can go.
  remove: ({ sdk, client }, Bucket) =>
    client.send(
      new sdk.PutObjectLockConfigurationCommand({
        Bucket,
        ObjectLockConfiguration: { ObjectLockEnabled: 'Enabled' },
      }),
    ),
});

export const bucketLogging = bucketSetting({
  what: 'access logging',
  inputs: {
    targetBucket: { kind: 'string', required: true },
    targetPrefix: { kind: 'string', required: true },
  },
  put: ({ sdk, client }, Bucket, { targetBucket, targetPrefix }) => {
    const LoggingEnabled = toS3({ targetBucket, targetPrefix }) as LoggingEnabled;
    return client.send(
      new sdk.PutBucketLoggingCommand({ Bucket, BucketLoggingStatus: { LoggingEnabled } }),
    );
  },
  get: async ({ sdk, client }, Bucket) => {
    const answer = await client.send(new sdk.GetBucketLoggingCommand({ Bucket }));
    // A bucket without an access log answers with an empty status.
    return fromS3(answer.LoggingEnabled) as Values | undefined;
  },
  remove: ({ sdk, client }, Bucket) =>
    client.send(new sdk.PutBucketLoggingCommand({ Bucket, BucketLoggingStatus: {} })),
});
