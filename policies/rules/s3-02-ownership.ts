import { awsKind, eachBucket, forAws } from '../aws.ts';
import { expectFields, is } from '../expect.ts';
import { findings } from '../findings.ts';
import type { Rule } from '../rule.ts';

export const ownership: Rule = {
  id: 'S3-02',
  name: 's3-02-ownership',
  title: 'Access lists of buckets are off',
  severity: 'high',
  standards: ['FSBP S3.12', 'CKV2_AWS_65', 'CKV_AWS_20', 'CKV_AWS_57'],
  why: 'A list on an object gives rights that no policy shows.',
  fix: 'Add BucketOwnershipControls with BucketOwnerEnforced, and no acl.',
  knownLater: true,
  check: forAws(['s3.Bucket', 's3.BucketAcl'], (resource) =>
    awsKind(resource) === 's3.BucketAcl'
      ? findings('acl', 'is an access list')
      : expectFields(resource.props, [
          { field: 'acl', good: is(undefined), problem: 'is an access list' },
        ]),
  ),
  checkStack: eachBucket('s3.BucketOwnershipControls', 'has no ownership controls', ({ props }) =>
    expectFields(props, [
      {
        field: 'rule.objectOwnership',
        good: is('BucketOwnerEnforced'),
        problem: 'leaves access lists on',
      },
    ]),
  ),
};
