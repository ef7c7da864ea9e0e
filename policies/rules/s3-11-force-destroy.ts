import { forAws } from '../aws.ts';
import { expectFields, is } from '../expect.ts';
import type { Rule } from '../rule.ts';

export const forceDestroy: Rule = {
  id: 'S3-11',
  name: 's3-11-force-destroy',
  title: 'A bucket with objects in it cannot be destroyed',
  severity: 'high',
  standards: ['Pulumi aws.s3.Bucket forceDestroy'],
  why: 'With it, one wrong destroy deletes every backup.',
  fix: 'Leave forceDestroy off.',
  check: forAws(['s3.Bucket'], ({ props }) =>
    expectFields(props, [
      {
        field: 'forceDestroy',
        good: is(undefined, false),
        problem: 'deletes the objects with the bucket',
      },
    ]),
  ),
};
