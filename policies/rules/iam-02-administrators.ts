import { forAws } from '../aws.ts';
import { eachEntry, expectFields } from '../expect.ts';
import { findings } from '../findings.ts';
import type { Rule } from '../rule.ts';
import type { Value } from '../values.ts';

const ATTACHMENTS = ['Role', 'User', 'Group', ''].map((who) => `iam.${who}PolicyAttachment`);
const POWERFUL = /:policy\/(AdministratorAccess|IAMFullAccess|PowerUserAccess)$/;
const PROBLEM = 'is a policy of administrators';

const isPowerful = (arn: Value) => typeof arn === 'string' && POWERFUL.test(arn);

export const administrators: Rule = {
  id: 'IAM-02',
  name: 'iam-02-administrators',
  title: 'No role of the platform is an administrator',
  severity: 'critical',
  standards: ['FSBP IAM.1', 'CKV_AWS_274', 'CKV2_AWS_56'],
  why: 'Such a role owns the account, its backups and its logs.',
  fix: 'Attach a policy that lists what the role needs.',
  knownLater: true,
  check: (resource, context) => [
    ...forAws(ATTACHMENTS, ({ props }) =>
      expectFields(props, [
        { field: 'policyArn', good: (arn) => !isPowerful(arn), problem: PROBLEM },
      ]),
    )(resource, context),
    ...forAws(['iam.Role', 'iam.RolePolicyAttachmentsExclusive'], ({ props }) =>
      ['managedPolicyArns', 'policyArns'].flatMap((field) =>
        eachEntry(props, field, (arn, path) =>
          findings(path, isPowerful(arn) ? PROBLEM : undefined),
        ),
      ),
    )(resource, context),
  ],
};
