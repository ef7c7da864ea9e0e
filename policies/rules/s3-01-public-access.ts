import { eachBucket } from '../aws.ts';
import { expectFields, is } from '../expect.ts';
import type { Rule } from '../rule.ts';

const SWITCHES = [
  'blockPublicAcls',
  'blockPublicPolicy',
  'ignorePublicAcls',
  'restrictPublicBuckets',
];

export const publicAccess: Rule = {
  id: 'S3-01',
  name: 's3-01-public-access',
  title: 'No bucket can be made public',
  severity: 'critical',
  standards: ['FSBP S3.1', 'FSBP S3.8', 'CKV_AWS_53', 'CKV_AWS_54', 'CKV_AWS_55', 'CKV_AWS_56'],
  why: 'One wrong policy or list would show every backup to the world.',
  fix: 'Add a BucketPublicAccessBlock with all four switches on.',
  knownLater: true,
  checkStack: eachBucket('s3.BucketPublicAccessBlock', 'has no public access block', ({ props }) =>
    expectFields(
      props,
      SWITCHES.map((field) => ({ field, good: is(true), problem: 'is not on' })),
    ),
  ),
};
