import { forAws } from '../aws.ts';
import { expectFields, is, isAtLeast, isText } from '../expect.ts';
import type { Rule } from '../rule.ts';

export const keyRotation: Rule = {
  id: 'KMS-01',
  name: 'kms-01-rotation',
  title: 'Keys rotate, say what they are for, and are not deleted at once',
  severity: 'high',
  standards: ['FSBP KMS.3', 'FSBP KMS.4', 'CKV_AWS_7', 'CKV_AWS_227', 'AWSGuard kms-key-rotation'],
  why: 'A deleted key is the loss of every backup under it; one that never changes is worth stealing.',
  fix: 'Set enableKeyRotation, a description, deletionWindowInDays from 14, and leave the safety check on.',
  check: forAws(['kms.Key'], ({ props }) =>
    expectFields(props, [
      { field: 'enableKeyRotation', good: is(true), problem: 'is off' },
      {
        field: 'deletionWindowInDays',
        // AWS gives 30 days by itself.
        good: (days) => days === undefined || isAtLeast(14)(days),
        problem: 'is shorter than 14 days',
      },
      { field: 'isEnabled', good: is(undefined, true), problem: 'is off' },
      {
        field: 'bypassPolicyLockoutSafetyCheck',
        good: is(undefined, false),
        problem: 'lets a policy lock everybody out',
      },
      { field: 'description', good: isText, problem: 'is empty' },
    ]),
  ),
};
