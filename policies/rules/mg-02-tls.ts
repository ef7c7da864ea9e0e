import { expectFields, forKinds, is } from '../expect.ts';
import { PSMDB } from '../mongo.ts';
import type { Rule } from '../rule.ts';

export const mongoTls: Rule = {
  id: 'MG-02',
  name: 'mg-02-tls',
  title: 'MongoDB speaks TLS only, and verifies certificates',
  severity: 'critical',
  standards: ['Percona Operator: TLS', 'MongoDB: security checklist'],
  why: 'The operator prefers TLS but takes plain text, and by default accepts any certificate.',
  fix: 'Set tls.mode requireTLS and tls.allowInvalidCertificates false, and leave the unsafe flags off.',
  check: forKinds(PSMDB, ['PerconaServerMongoDB'], ({ props }) =>
    expectFields(props, [
      { field: 'spec.tls.mode', good: is('requireTLS'), problem: 'does not demand TLS' },
      {
        field: 'spec.tls.allowInvalidCertificates',
        good: is(false),
        problem: 'accepts certificates of anybody',
      },
      {
        field: 'spec.unsafeFlags.tls',
        good: is(undefined, false),
        problem: 'allows a cluster without TLS',
      },
      {
        field: 'spec.allowUnsafeConfigurations',
        good: is(undefined, false),
        problem: 'allows a cluster without TLS',
      },
    ]),
  ),
};
