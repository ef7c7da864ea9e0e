import { forKinds } from '../expect.ts';
import { eachConfiguration, PSMDB, setting } from '../mongo.ts';
import type { Rule } from '../rule.ts';

const OPEN = [
  setting('authorization', 'disabled'),
  setting('transitionToAuth', 'true', 'yes', 'on'),
  setting('noauth', 'true', 'yes', 'on'),
];

export const mongoLogin: Rule = {
  id: 'MG-01',
  name: 'mg-01-login',
  title: 'MongoDB demands a login, by SCRAM-SHA-256',
  severity: 'critical',
  standards: ['MongoDB: security checklist', 'Percona Operator: users'],
  why: 'A database that lets people in without a login is found and emptied within hours.',
  fix: 'Leave authorization, transitionToAuth and SCRAM-SHA-1 out of configuration.',
  check: forKinds(PSMDB, ['PerconaServerMongoDB'], ({ props }) =>
    eachConfiguration(props, (text) => {
      if (OPEN.some((pattern) => pattern.test(text))) return 'lets people in without a login';
      return /SCRAM-SHA-1(?!\d)/.test(text) ? 'takes logins by SCRAM-SHA-1' : undefined;
    }),
  ),
};
