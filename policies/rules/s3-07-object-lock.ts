import { eachBucket } from '../aws.ts';
import { expectFields, is } from '../expect.ts';
import { findings } from '../findings.ts';
import type { Rule } from '../rule.ts';
import { at, UNKNOWN } from '../values.ts';

const RETENTION = 'rule.defaultRetention';

export const objectLock: Rule = {
  id: 'S3-07',
  name: 's3-07-object-lock',
  title: 'Nobody can delete a backup before its time',
  severity: 'high',
  standards: ['FSBP S3.15', 'CKV_AWS_143'],
  why: 'Who steals an administrator deletes the backups first, old versions included.',
  fix: 'Add a BucketObjectLockConfiguration with GOVERNANCE or COMPLIANCE and a number of days.',
  knownLater: true,
  checkStack: eachBucket('s3.BucketObjectLockConfiguration', 'has no object lock', ({ props }) => {
    const [days, years] = ['days', 'years'].map((unit) =>
      at(props, 'rule', 'defaultRetention', unit),
    );
    const long = [days, years].some((count) => typeof count === 'number' && count >= 1);
    const unclear = days === UNKNOWN || years === UNKNOWN ? UNKNOWN : 'has no length';
    return [
      ...expectFields(props, [
        { field: `${RETENTION}.mode`, good: is('GOVERNANCE', 'COMPLIANCE'), problem: 'is none' },
      ]),
      ...findings(RETENTION, long ? undefined : unclear),
    ];
  }),
};
