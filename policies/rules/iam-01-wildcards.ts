import { forAws } from '../aws.ts';
import { eachStatement, has, type Statement } from '../documents.ts';
import type { Verdict } from '../findings.ts';
import type { Rule } from '../rule.ts';
import { UNKNOWN } from '../values.ts';

/** Kinds of resources that hold a policy of what somebody may do. */
export const IDENTITY_POLICIES = [
  'iam.Policy',
  'iam.RolePolicy',
  'iam.GroupPolicy',
  'iam.UserPolicy',
];

const isWild = (action: string) => /^(\*|[\w-]+:\*)$/.test(action);
const isRead = (action: string) => /^[\w-]+:(Get|List|Describe|Head|BatchGet|Lookup)/.test(action);

function wildcard({ allows, inverted, actions, resources }: Statement): Verdict {
  if (allows === false) return undefined;
  const wild = inverted || has(actions, isWild);
  const writes = has(actions, (action) => !isRead(action));
  const everywhere = has(resources, (one) => one === '*');
  const broad = writes === false || everywhere === false ? false : writes && everywhere;
  if (wild === false && broad === false) return undefined;
  if (allows === UNKNOWN) return UNKNOWN;
  if (wild === true) return 'allows every action of a service';
  if (writes === true && everywhere === true) return 'allows to write to every resource';
  return UNKNOWN;
}

export const actionWildcards: Rule = {
  id: 'IAM-01',
  name: 'iam-01-wildcards',
  title: 'Policies name what they allow, and where',
  severity: 'critical',
  standards: ['FSBP IAM.1', 'FSBP IAM.21', 'CKV_AWS_1', 'CKV_AWS_49', 'CKV_AWS_62', 'CKV_AWS_355'],
  why: 'A wildcard allows deeds that nobody has thought of, on what others own.',
  fix: 'List the actions, and the ARNs of the resources that they are for.',
  knownLater: true,
  check: forAws(IDENTITY_POLICIES, ({ props }) => eachStatement(props, 'policy', wildcard)),
};
