import { broken } from '../findings.ts';
import type { Rule } from '../rule.ts';

/** What must follow the program: who may set it by hand decides for everybody. */
const WATCHED =
  /(^|\.|\*)(spec|template|containers|securityContext|image|imageName|policy|rules|subjects|roleRef|encryption|serverSideEncryptionConfiguration)(\[|\.|$)/;

export const ignoredChanges: Rule = {
  id: 'PU-02',
  name: 'pu-02-ignore-changes',
  title: 'What decides about security follows the program',
  severity: 'high',
  standards: ['drift of configuration'],
  why: 'A change by hand then stays for ever, and no preview shows it.',
  fix: 'Name a narrower path in ignoreChanges, such as spec.replicas under an autoscaler.',
  check: ({ ignoreChanges }) =>
    ignoreChanges.flatMap((path, index) => {
      // Whoever scales by load owns the number of replicas, and nothing else.
      const bad = path === '*' || (path !== 'spec.replicas' && WATCHED.test(path));
      return bad ? [broken(`ignoreChanges[${index}]`, 'covers what decides about security')] : [];
    }),
};
