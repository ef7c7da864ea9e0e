import { about, findings } from './findings.ts';
import { unlessSome } from './references.ts';
import type { Resource, Stack } from './resource.ts';
import type { Finding, Rule } from './rule.ts';
import type { Match } from './selectors.ts';
import { at, UNKNOWN } from './values.ts';

/** Service and kind of a type of AWS, such as `s3.Bucket`; older names of S3 end in `V2`. */
export function awsKind({ type }: Resource): string | undefined {
  const [, service, kind] = /^aws:(\w+)\/\w+:(\w+?)(?:V2)?$/.exec(type) ?? [];
  return kind === undefined ? undefined : `${service}.${kind}`;
}

/** A check for resources of some kinds of AWS. */
export function forAws(
  kinds: readonly string[],
  check: NonNullable<Rule['check']>,
): NonNullable<Rule['check']> {
  return (resource, context) =>
    kinds.includes(awsKind(resource) ?? '') ? check(resource, context) : [];
}

/** Whether a resource sets up this bucket, by link or, for a bucket with a name, by name. */
function isFor(stack: Stack, one: Resource, bucket: Resource): Match {
  if (stack.sources(one, 'bucket').includes(bucket)) return true;
  const [named, name] = [at(one.props, 'bucket'), at(bucket.props, 'bucket')];
  if (named === UNKNOWN || name === UNKNOWN) return UNKNOWN;
  return name !== undefined && named === name;
}

/** A check of what sets up each bucket in one respect, or of its absence. */
export function eachBucket(
  kind: string,
  absent: string,
  check: (companion: Resource, stack: Stack) => readonly Finding[],
): NonNullable<Rule['checkStack']> {
  return (stack) => {
    const all = stack.resources.filter((one) => awsKind(one) === kind);
    const buckets = stack.resources.filter((one) => awsKind(one) === 's3.Bucket');
    return buckets.flatMap((bucket) => {
      const matches = all.map((one): Match => isFor(stack, one, bucket));
      const sure = all.filter((_, index) => matches[index] === true);
      if (sure.length === 0) return about(bucket, findings('bucket', unlessSome(matches, absent)));
      return sure.flatMap((one) => about(one, check(one, stack)));
    });
  };
}
