import type { CheckFailure, InputDefinition, ResourceDefinition } from '../provider/definition.ts';
import { compact, same, type Values } from '../provider/values.ts';
import { region, s3, type S3 } from './client.ts';
import { explained, isMissing, isUnsupported, orWarn } from './faults.ts';

export interface BucketSetting {
  /** In the words of the warning that the endpoint does not support it. */
  readonly what: string;
  readonly inputs: Readonly<Record<string, InputDefinition>>;
  readonly secrets?: readonly string[];
  readonly normalise?: (news: Values) => Values;
  readonly check?: (values: Values) => readonly CheckFailure[];
  readonly put: (connection: S3, bucket: string, values: Values) => Promise<unknown>;
  /** The inputs that would give what the endpoint has now; undefined when it has nothing. */
  readonly get: (connection: S3, bucket: string, state: Values) => Promise<Values | undefined>;
  readonly remove: (connection: S3, bucket: string, state: Values) => Promise<unknown>;
}

/**
 * A resource that is one setting of a bucket. Its id is the name of the bucket. A setting that the
 * endpoint does not implement stays in the state, with a warning at every create and update, and
 * is left as it is by a refresh.
 */
export function bucketSetting(definition: BucketSetting): ResourceDefinition {
  const { what, inputs, secrets = [], normalise, check, put, get, remove } = definition;
  return {
    inputs: {
      bucket: { kind: 'string', required: true, replaces: true },
      region: { kind: 'string', replaces: true },
      ...inputs,
    },
    computed: ['region'],
    secrets,
    ...(normalise && { normalise: (_name, _olds, news) => normalise(news) }),
    ...(check && { check }),
    async create(values, context) {
      const connection = await s3(context);
      const id = values['bucket'] as string;
      await orWarn(context, id, what, () => put(connection, id, values));
      return { id, outputs: { region: region(context.configuration) } };
    },
    async update(id, values, _state, context) {
      const connection = await s3(context);
      await orWarn(context, id, what, () => put(connection, id, values));
      return {};
    },
    async read(id, state, context) {
      const connection = await s3(context);
      const own = Object.fromEntries(Object.keys(inputs).map((name) => [name, state[name]]));
      const kept = compact({ bucket: id, ...own });
      try {
        const live = await get(connection, id, state);
        if (live === undefined) return undefined;
        const found = same(compact(live), compact(own)) ? kept : { bucket: id, ...live };
        return {
          inputs: found,
          outputs: { ...state, ...found, region: region(context.configuration) },
        };
      } catch (error) {
        if (isMissing(error)) return undefined;
        if (isUnsupported(error)) return { inputs: kept, outputs: state };
        throw explained(id, what, error);
      }
    },
    async delete(id, state, context) {
      const connection = await s3(context);
      try {
        await remove(connection, id, state);
      } catch (error) {
        // Gone with its bucket, or never there.
        if (!isMissing(error) && !isUnsupported(error)) throw explained(id, what, error);
      }
    },
  };
}
