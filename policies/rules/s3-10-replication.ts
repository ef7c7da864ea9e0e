import { eachBucket } from '../aws.ts';
import { expectFields, isText } from '../expect.ts';
import { findings } from '../findings.ts';
import { unlessSome } from '../references.ts';
import type { Rule } from '../rule.ts';
import type { Match } from '../selectors.ts';
import { at, entries, UNKNOWN } from '../values.ts';

export const replication: Rule = {
  id: 'S3-10',
  name: 's3-10-replication',
  title: 'A copy of every backup is in another region',
  severity: 'medium',
  standards: ['FSBP S3.7', 'CKV_AWS_144'],
  why: 'A region that is away takes the databases and their backups with it.',
  fix: 'Add a BucketReplicationConfig with an enabled rule to a bucket of another region.',
  knownLater: true,
  checkStack: eachBucket('s3.BucketReplicationConfig', 'has no replication', ({ props }) => {
    const rules = entries(at(props, 'rules'));
    if (rules === UNKNOWN) return findings('rules', UNKNOWN);
    const matches = rules.map((rule): Match => {
      const status = at(rule, 'status');
      const bucket = at(rule, 'destination', 'bucket');
      if (status === UNKNOWN) return UNKNOWN;
      return status === 'Enabled' && (bucket === UNKNOWN ? UNKNOWN : isText(bucket));
    });
    return [
      ...findings('rules', unlessSome(matches, 'copy nothing')),
      ...expectFields(props, [{ field: 'role', good: isText, problem: 'is not set' }]),
    ];
  }),
};
