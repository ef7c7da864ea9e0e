import { eachBucket } from '../aws.ts';
import { findings } from '../findings.ts';
import type { Rule } from '../rule.ts';
import { at, UNKNOWN } from '../values.ts';

export const accessLog: Rule = {
  id: 'S3-09',
  name: 's3-09-access-log',
  title: 'Every request to a bucket is on record elsewhere',
  severity: 'medium',
  standards: ['FSBP S3.9', 'CKV_AWS_18', 'AWSGuard s3-bucket-logging-enabled'],
  why: 'Without a record nobody can tell what was read or deleted, and by whom.',
  fix: 'Add a BucketLogging whose targetBucket is another bucket.',
  knownLater: true,
  checkStack: eachBucket('s3.BucketLogging', 'has no access log', ({ props }) => {
    const [bucket, target] = [at(props, 'bucket'), at(props, 'targetBucket')];
    if (target === UNKNOWN) return findings('targetBucket', UNKNOWN);
    const other = typeof target === 'string' && target !== '' && target !== bucket;
    return findings('targetBucket', other ? undefined : 'is no other bucket');
  }),
};
