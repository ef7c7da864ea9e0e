import { hasUnknown, isValues, same, UNKNOWN } from '../provider/values.ts';
import { bucketSetting } from './bucket-setting.ts';

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

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
