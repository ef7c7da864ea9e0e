import { forAws } from '../aws.ts';
import { eachStatement, has, type Statement } from '../documents.ts';
import type { Verdict } from '../findings.ts';
import type { Rule } from '../rule.ts';
import { UNKNOWN } from '../values.ts';
import { IDENTITY_POLICIES } from './iam-01-wildcards.ts';

/** Give the caller, or what he starts, rights that he has not. */
const ESCALATE = [
  'iam:AddUserToGroup',
  'iam:AttachGroupPolicy',
  'iam:AttachRolePolicy',
  'iam:AttachUserPolicy',
  'iam:CreateAccessKey',
  'iam:CreateLoginProfile',
  'iam:CreatePolicyVersion',
  'iam:PutGroupPolicy',
  'iam:PutRolePolicy',
  'iam:PutUserPolicy',
  'iam:SetDefaultPolicyVersion',
  'iam:UpdateAssumeRolePolicy',
  'iam:UpdateLoginProfile',
];
/** Harmless for one resource, grave for all of them. */
const EVERYWHERE = [
  'iam:PassRole',
  'kms:Decrypt',
  'kms:ReEncryptFrom',
  's3:GetObject',
  'secretsmanager:GetSecretValue',
  'ssm:GetParameter',
  'ssm:GetParameters',
  'sts:AssumeRole',
];

/** Whether an action, which may hold wildcards, covers one of the list. */
const covers = (list: readonly string[]) => (action: string) => {
  const escaped = action.replaceAll(/[.+^${}()|[\]\\]/g, '\\$&');
  const pattern = new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`, 'i');
  return list.some((one) => pattern.test(one));
};

function escalation({ allows, actions, resources }: Statement): Verdict {
  if (allows === false) return undefined;
  const gains = has(actions, covers(ESCALATE));
  const reads = has(actions, covers(EVERYWHERE));
  const everywhere = has(resources, (one) => one === '*');
  if (gains === false && (reads === false || everywhere === false)) return undefined;
  if (allows === UNKNOWN) return UNKNOWN;
  if (gains === true) return 'allows to gain rights';
  if (reads === true && everywhere === true) return 'reaches secrets or roles of everything';
  return UNKNOWN;
}

export const iamEscalation: Rule = {
  id: 'IAM-04',
  name: 'iam-04-escalation',
  title: 'No policy is a way to more rights or to all secrets',
  severity: 'high',
  standards: [
    'FSBP KMS.1',
    'FSBP KMS.2',
    'CKV_AWS_107',
    'CKV_AWS_108',
    'CKV_AWS_109',
    'CKV_AWS_110',
  ],
  why: 'Who takes over a pod with such a role takes over the account.',
  fix: 'Leave changes of IAM out, and name the keys, secrets and roles that are needed.',
  knownLater: true,
  check: forAws(IDENTITY_POLICIES, ({ props }) => eachStatement(props, 'policy', escalation)),
};
