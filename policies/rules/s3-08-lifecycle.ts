import { eachBucket } from '../aws.ts';
import { findings } from '../findings.ts';
import type { Finding, Rule } from '../rule.ts';
import type { Match } from '../selectors.ts';
import { unlessSome } from '../references.ts';
import { at, entries, UNKNOWN, type Value } from '../values.ts';

/** Whether an enabled rule has a number of days, up to a longest one. */
function ends(rule: Value, longest: number, ...path: readonly string[]): Match {
  const [status, days] = [at(rule, 'status'), at(rule, ...path)];
  if (status === UNKNOWN || days === UNKNOWN) return UNKNOWN;
  return status === 'Enabled' && typeof days === 'number' && days >= 1 && days <= longest;
}

function check(rules: readonly Value[]): readonly Finding[] {
  const old = rules.map((rule) =>
    ends(rule, Infinity, 'noncurrentVersionExpiration', 'noncurrentDays'),
  );
  const parts = rules.map((rule) =>
    ends(rule, 7, 'abortIncompleteMultipartUpload', 'daysAfterInitiation'),
  );
  return [
    ...findings('rules', unlessSome(old, 'keep old versions for ever')),
    ...findings('rules', unlessSome(parts, 'keep unfinished uploads for more than 7 days')),
  ];
}

export const lifecycle: Rule = {
  id: 'S3-08',
  name: 's3-08-lifecycle',
  title: 'Buckets end what nobody can restore any more',
  severity: 'medium',
  standards: ['FSBP S3.10', 'FSBP S3.13', 'CKV_AWS_300', 'CKV2_AWS_61'],
  why: 'Old versions and unfinished uploads cost without end, and keep data longer than promised.',
  fix: 'Add a rule with noncurrentVersionExpiration and abortIncompleteMultipartUpload within 7 days.',
  knownLater: true,
  checkStack: eachBucket('s3.BucketLifecycleConfiguration', 'has no lifecycle', ({ props }) => {
    const rules = entries(at(props, 'rules'));
    return rules === UNKNOWN ? findings('rules', UNKNOWN) : check(rules);
  }),
};
