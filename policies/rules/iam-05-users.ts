import { awsKind } from '../aws.ts';
import { findings } from '../findings.ts';
import type { Rule } from '../rule.ts';

const USERS = [
  'iam.AccessKey',
  'iam.User',
  'iam.UserGroupMembership',
  'iam.UserLoginProfile',
  'iam.UserPolicy',
  'iam.UserPolicyAttachment',
];

export const iamUsers: Rule = {
  id: 'IAM-05',
  name: 'iam-05-users',
  title: 'Nothing logs in to AWS with a key that does not end',
  severity: 'high',
  standards: ['FSBP IAM.2', 'FSBP IAM.3', 'CKV_AWS_40', 'CKV_AWS_273'],
  why: 'Such a key is copied once and used for years.',
  fix: 'Give pods a role by their ServiceAccount, and people one by single sign-on.',
  check: (resource) =>
    findings(
      'type',
      USERS.includes(awsKind(resource) ?? '') ? 'is about a user of IAM' : undefined,
    ),
};
