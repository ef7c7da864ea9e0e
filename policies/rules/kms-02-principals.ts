import { forAws } from '../aws.ts';
import { eachStatement, open } from '../documents.ts';
import type { Rule } from '../rule.ts';

export const keyPrincipals: Rule = {
  id: 'KMS-02',
  name: 'kms-02-principals',
  title: 'No key policy lets everybody in',
  severity: 'critical',
  standards: ['FSBP KMS.5', 'CKV_AWS_33'],
  why: 'Whoever may use the key reads everything that is encrypted with it.',
  fix: 'Name principals in Allow statements, or give everybody a condition such as kms:CallerAccount.',
  knownLater: true,
  check: forAws(['kms.Key', 'kms.KeyPolicy'], ({ props }) => eachStatement(props, 'policy', open)),
};
