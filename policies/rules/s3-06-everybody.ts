import { forAws } from '../aws.ts';
import { eachStatement, open } from '../documents.ts';
import type { Rule } from '../rule.ts';

export const bucketPrincipals: Rule = {
  id: 'S3-06',
  name: 's3-06-everybody',
  title: 'No bucket policy lets everybody in',
  severity: 'critical',
  standards: ['FSBP S3.2', 'FSBP S3.3', 'FSBP S3.6', 'CKV_AWS_70', 'CKV_AWS_283'],
  why: 'Everybody means every account of AWS, and whoever has none.',
  fix: 'Name principals in Allow statements, or leave rights to the policies of roles.',
  knownLater: true,
  check: forAws(['s3.BucketPolicy'], ({ props }) => eachStatement(props, 'policy', open)),
};
