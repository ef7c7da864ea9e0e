import { eachBucket } from '../aws.ts';
import { expectFields, is } from '../expect.ts';
import type { Rule } from '../rule.ts';

export const versioning: Rule = {
  id: 'S3-04',
  name: 's3-04-versioning',
  title: 'Buckets keep what is overwritten or deleted',
  severity: 'high',
  standards: ['FSBP S3.14', 'CKV_AWS_21'],
  why: 'Without versions, a stolen writer overwrites every backup, and nothing brings it back.',
  fix: 'Add a BucketVersioning with the status Enabled.',
  knownLater: true,
  checkStack: eachBucket('s3.BucketVersioning', 'has no versioning', ({ props }) =>
    expectFields(props, [
      {
        field: 'versioningConfiguration.status',
        good: is('Enabled'),
        problem: 'is not Enabled',
      },
    ]),
  ),
};
