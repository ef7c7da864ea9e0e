import { randomBytes } from 'node:crypto';

import type { CheckFailure, Context, ResourceDefinition } from '../provider/definition.ts';
import { isValues, same, type Values } from '../provider/values.ts';
import { emptyBucket } from './empty-bucket.ts';
import { region, s3, setting, type S3 } from './client.ts';
import { explained, isMissing, isUnsupported, orWarn } from './faults.ts';
import { fromTagList, toTagList } from './shape.ts';

/** The region in which S3 wants no location constraint. */
const DEFAULT_REGION = 'us-east-1';
const VALID_NAME = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

export const bucket: ResourceDefinition = {
  inputs: {
    bucket: { kind: 'string', replaces: true },
    bucketPrefix: { kind: 'string', replaces: true },
    forceDestroy: { kind: 'boolean', default: false },
    objectLockEnabled: { kind: 'boolean', default: false, replaces: true },
    region: { kind: 'string', replaces: true },
    tags: { kind: 'map' },
  },
  computed: [
    'arn',
    'bucket',
    'bucketDomainName',
    'bucketRegion',
    'bucketRegionalDomainName',
    'region',
    'tagsAll',
  ],
  secrets: [],
  identity: 'bucket',
  normalise(name, olds, news) {
    if (news['bucket'] !== undefined || news['bucketPrefix'] !== undefined) return news;
    // The name of the last run stays, or every preview would want a new bucket.
    const generated = `${name.toLowerCase()}-${randomBytes(4).toString('hex').slice(1)}`;
    return { ...news, bucket: olds['bucket'] ?? generated };
  },
  check,
  async create(values, context) {
    const { sdk, client } = await s3(context);
    const prefix = values['bucketPrefix'] as string | undefined;
    const name =
      (values['bucket'] as string | undefined) ?? `${prefix}${randomBytes(6).toString('hex')}`;
    const place = region(context.configuration);
    const command = new sdk.CreateBucketCommand({
      Bucket: name,
      ObjectLockEnabledForBucket: values['objectLockEnabled'] === true,
      ...(place === DEFAULT_REGION
        ? {}
        : { CreateBucketConfiguration: { LocationConstraint: place as 'eu-central-1' } }),
    });
    await client.send(command).catch((error: unknown) => {
      throw explained(name, 'create', error);
    });
    const outputs = facts(name, values, context);
    try {
      await putTags(context, name, outputs['tagsAll'] as Values);
    } catch (error) {
      // A failed create leaves nothing behind, so that the next run can start again.
      await client.send(new sdk.DeleteBucketCommand({ Bucket: name }));
      throw error;
    }
    return { id: name, outputs };
  },
  async read(id, state, context) {
    const connection = await s3(context);
    const { sdk, client } = connection;
    try {
      await client.send(new sdk.HeadBucketCommand({ Bucket: id }));
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw explained(id, 'read', error);
    }
    const expected = (state['tagsAll'] ?? {}) as Values;
    const live = (await liveTags(connection, id)) ?? expected;
    const unchanged = same(live, expected);
    const inputs = {
      bucket: id,
      forceDestroy: state['forceDestroy'],
      objectLockEnabled: state['objectLockEnabled'],
      tags: unchanged ? state['tags'] : live,
    };
    return {
      inputs,
      outputs: { ...state, ...inputs, ...facts(id, inputs, context), tagsAll: live },
    };
  },
  async update(id, values, _state, context) {
    const outputs = facts(id, values, context);
    await putTags(context, id, outputs['tagsAll'] as Values);
    return outputs;
  },
  async delete(id, state, context) {
    const { sdk, client } = await s3(context);
    try {
      if (state['forceDestroy'] === true) await emptyBucket({ sdk, client }, id);
      await client.send(new sdk.DeleteBucketCommand({ Bucket: id }));
    } catch (error) {
      if (isMissing(error)) return;
      throw explained(id, 'delete', error);
    }
  },
};

function check(values: Values): readonly CheckFailure[] {
  const name = values['bucket'];
  if (name !== undefined && values['bucketPrefix'] !== undefined) {
    return [{ property: 'bucketPrefix', reason: 'cannot be set together with bucket.' }];
  }
  if (typeof name !== 'string' || VALID_NAME.test(name)) return [];
  const reason = `${name} is not a bucket name: 3 to 63 of a-z, 0-9, "." and "-".`;
  return [{ property: 'bucket', reason }];
}

function facts(name: string, values: Values, { configuration }: Context): Values {
  const place = region(configuration);
  const defaults = setting(configuration, 'defaultTags');
  const tags = isValues(defaults) ? (defaults['tags'] as Values | undefined) : undefined;
  return {
    arn: `arn:aws:s3:::${name}`,
    bucket: name,
    bucketDomainName: `${name}.s3.amazonaws.com`,
    bucketRegion: place,
    bucketRegionalDomainName: `${name}.s3.${place}.amazonaws.com`,
    region: place,
    tagsAll: { ...tags, ...(values['tags'] as Values | undefined) },
  };
}

async function putTags(context: Context, name: string, tags: Values): Promise<void> {
  const { sdk, client } = await s3(context);
  const TagSet = toTagList(tags);
  const Bucket = name;
  await orWarn(context, name, 'tags', async () => {
    if (TagSet.length > 0) {
      await client.send(new sdk.PutBucketTaggingCommand({ Bucket, Tagging: { TagSet } }));
    } else {
      await client.send(new sdk.DeleteBucketTaggingCommand({ Bucket }));
    }
  });
}

async function liveTags({ sdk, client }: S3, Bucket: string): Promise<Values | undefined> {
  try {
    const { TagSet } = await client.send(new sdk.GetBucketTaggingCommand({ Bucket }));
    return fromTagList(TagSet);
  } catch (error) {
    // 404 is "no tags"; an endpoint without tags leaves what the state says.
    if (isMissing(error)) return {};
    if (isUnsupported(error)) return undefined;
    throw error;
  }
}
