import { awsKind, eachBucket } from '../aws.ts';
import { eachEntry, expectFields, is, isText } from '../expect.ts';
import { findings } from '../findings.ts';
import type { Resource, Stack } from '../resource.ts';
import type { Finding, Rule } from '../rule.ts';
import { at, entries, text, UNKNOWN, type Value } from '../values.ts';

const DEFAULT = 'applyServerSideEncryptionByDefault';

/** A key that is made in the same run has no id yet, but is known to be a key. */
function key(rule: Value, path: string, one: Resource, stack: Stack): readonly Finding[] {
  const id = at(rule, DEFAULT, 'kmsMasterKeyId');
  const linked = stack.sources(one, 'rules').some((source) => awsKind(source) === 'kms.Key');
  const place = `${path}.${DEFAULT}.kmsMasterKeyId`;
  if (id === UNKNOWN) return findings(place, linked ? undefined : UNKNOWN);
  const own = isText(id) && !text(id, '').endsWith('alias/aws/s3');
  return findings(place, own ? undefined : 'is no key of ours');
}

export const encryption: Rule = {
  id: 'S3-03',
  name: 's3-03-encryption',
  title: 'Buckets are encrypted with a key of ours',
  severity: 'high',
  standards: ['FSBP S3.17', 'CKV_AWS_19', 'CKV_AWS_145'],
  why: 'With a key of AWS, whoever may read the bucket reads every backup in it.',
  fix: 'Set sseAlgorithm aws:kms with kmsMasterKeyId, and bucketKeyEnabled.',
  knownLater: true,
  checkStack: eachBucket(
    's3.BucketServerSideEncryptionConfiguration',
    'has no encryption by default',
    (one, stack) => {
      const rules = entries(at(one.props, 'rules'));
      if (rules !== UNKNOWN && rules.length === 0) return findings('rules', 'are empty');
      return eachEntry(one.props, 'rules', (rule, path) => [
        ...expectFields(
          rule,
          [
            {
              field: `${DEFAULT}.sseAlgorithm`,
              good: is('aws:kms', 'aws:kms:dsse'),
              problem: 'is not aws:kms',
            },
            { field: 'bucketKeyEnabled', good: is(true), problem: 'asks for a key per object' },
          ],
          path,
        ),
        ...key(rule, path, one, stack),
      ]);
    },
  ),
};
