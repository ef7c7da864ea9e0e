import type {
  ObjectLockRule,
  OwnershipControlsRule,
  ServerSideEncryptionRule,
  LifecycleRule,
} from '@aws-sdk/client-s3';

import type { CheckFailure } from '../provider/definition.ts';
import { hasUnknown, isValues, same, UNKNOWN, type Values } from '../provider/values.ts';
import { bucketSetting } from './bucket-setting.ts';
import { fromS3, toS3 } from './shape.ts';

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

export const bucketLifecycleConfiguration = bucketSetting({
  what: 'lifecycle rules',
  inputs: {
    rules: { kind: 'list', required: true },
    transitionDefaultMinimumObjectSize: {
      kind: 'string',
      oneOf: ['all_storage_classes_128K', 'varies_by_storage_class'],
    },
  },
  check: ({ rules }) =>
    (Array.isArray(rules) ? rules : []).flatMap((rule: unknown, index) =>
      oneOf(`rules[${index}].status`, status(rule), ['Enabled', 'Disabled']),
    ),
  put: ({ sdk, client }, Bucket, { rules, transitionDefaultMinimumObjectSize: minimum }) =>
    client.send(
      new sdk.PutBucketLifecycleConfigurationCommand({
        Bucket,
        LifecycleConfiguration: { Rules: (rules as Values[]).map(lifecycleRule) },
        ...(minimum !== undefined && {
          TransitionDefaultMinimumObjectSize: minimum as 'varies_by_storage_class',
        }),
      }),
    ),
  get: async ({ sdk, client }, Bucket, { rules, transitionDefaultMinimumObjectSize }) => {
    const answer = await client.send(new sdk.GetBucketLifecycleConfigurationCommand({ Bucket }));
    const expected = (Array.isArray(rules) ? rules : []).map(lifecycleRule);
    const live = same(answer.Rules, expected) ? rules : fromS3(answer.Rules);
    return { rules: live, transitionDefaultMinimumObjectSize };
  },
  remove: ({ sdk, client }, Bucket) =>
    client.send(new sdk.DeleteBucketLifecycleCommand({ Bucket })),
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

export const bucketPolicy = bucketSetting({
  what: 'bucket policies',
  inputs: { policy: { kind: 'string', required: true } },
  normalise: (news) => {
    const { policy } = news;
    if (!isValues(policy)) return news;
    return { ...news, policy: hasUnknown(policy) ? UNKNOWN : JSON.stringify(policy) };
  },
  check: ({ policy }) =>
    typeof policy === 'string' && parsed(policy) === undefined
      ? [{ property: 'policy', reason: 'is not JSON.' }]
      : [],
  put: ({ sdk, client }, Bucket, { policy }) =>
    client.send(new sdk.PutBucketPolicyCommand({ Bucket, Policy: policy as string })),
  get: async ({ sdk, client }, Bucket, { policy }) => {
    const { Policy } = await client.send(new sdk.GetBucketPolicyCommand({ Bucket }));
    // Only a different meaning is a difference, not another order of keys.
    const unchanged = typeof policy === 'string' && same(parsed(policy), parsed(Policy ?? ''));
    return { policy: unchanged ? policy : Policy };
  },
  remove: ({ sdk, client }, Bucket) => client.send(new sdk.DeleteBucketPolicyCommand({ Bucket })),
});

function lifecycleRule(rule: unknown): LifecycleRule {
  const converted = toS3(rule) as LifecycleRule;
  // S3 wants a filter; the empty prefix is "every object", which is what none of both means.
  const every = { Filter: { Prefix: '' } };
  const filtered = converted.Filter !== undefined && Object.keys(converted.Filter).length > 0;
  return filtered || 'Prefix' in converted ? converted : { ...converted, ...every };
}

function status(value: unknown): unknown {
  return isValues(value) ? value['status'] : undefined;
}

function oneOf(property: string, value: unknown, allowed: readonly string[]): CheckFailure[] {
  if (typeof value === 'string' && allowed.includes(value)) return [];
  if (value === undefined) return [{ property, reason: 'is required.' }];
  return [{ property, reason: `${JSON.stringify(value)} is not one of ${allowed.join(', ')}.` }];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
