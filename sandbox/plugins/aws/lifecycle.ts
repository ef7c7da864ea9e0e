import type { LifecycleRule } from '@aws-sdk/client-s3';

import { same } from '../provider/values.ts';
import { bucketSetting } from './bucket-setting.ts';
import { fromS3, toS3 } from './shape.ts';
import { oneOf, status } from './status.ts';

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
        LifecycleConfiguration: { Rules: (rules as unknown[]).map(lifecycleRule) },
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

function lifecycleRule(rule: unknown): LifecycleRule {
  const converted = toS3(rule) as LifecycleRule;
  // S3 wants a filter; the empty prefix is "every object", which is what none of both means.
  const every = { Filter: { Prefix: '' } };
  const filtered = converted.Filter !== undefined && Object.keys(converted.Filter).length > 0;
  return filtered || 'Prefix' in converted ? converted : { ...converted, ...every };
}
