import { expectFields, forKinds, is, isAtLeast } from '../expect.ts';
import { about, findings } from '../findings.ts';
import { CNPG } from '../postgres.ts';
import { selectsPods, unlessSome } from '../references.ts';
import type { Rule } from '../rule.ts';
import { at, fields, UNKNOWN, type Value } from '../values.ts';

/** Labels of the pods of a pooler: those of its template and the operator's own. */
function labelsOf(props: Value, name: string): Value {
  const own = fields(at(props, 'spec', 'template', 'metadata', 'labels'));
  if (own === UNKNOWN) return UNKNOWN;
  return { ...Object.fromEntries(own), 'cnpg.io/poolerName': name, 'cnpg.io/podRole': 'pooler' };
}

export const pooler: Rule = {
  id: 'PG-10',
  name: 'pg-10-pooler',
  title: 'The pooler of PostgreSQL survives a drain and keeps tenants apart',
  severity: 'medium',
  standards: ['CloudNativePG: connection pooling'],
  why: 'All requests pass it; in session mode the tenant of one request stays for the next.',
  fix: 'Set instances to 2 or more and poolMode transaction, demand TLS (client_tls_sslmode require), and add a PodDisruptionBudget by cnpg.io/poolerName.',
  check: forKinds(CNPG, ['Pooler'], ({ props }) =>
    expectFields(props, [
      { field: 'spec.instances', good: isAtLeast(2), problem: 'has fewer than two instances' },
      {
        field: 'spec.pgbouncer.poolMode',
        good: is('transaction'),
        problem: 'does not give the connection back after each transaction',
      },
      {
        field: 'spec.pgbouncer.parameters.client_tls_sslmode',
        // The operator's default is prefer, which plain text passes.
        good: is('require', 'verify-ca', 'verify-full'),
        problem: 'takes connections without TLS',
      },
      {
        field: 'spec.pgbouncer.parameters.server_tls_sslmode',
        good: is(undefined, 'verify-ca', 'verify-full'),
        problem: 'does not verify the server',
      },
    ]),
  ),
  checkStack: (stack) => {
    const budgets = stack.ofKind('policy', 'PodDisruptionBudget');
    return stack.ofKind(CNPG, 'Pooler').flatMap((one) => {
      const name = one.objectName;
      const labels = name === UNKNOWN ? UNKNOWN : labelsOf(one.props, name);
      const own = budgets.map((budget) => selectsPods(budget, one.namespace, labels));
      const verdict = unlessSome(own, 'no PodDisruptionBudget selects its pods');
      return about(one, findings('metadata.name', verdict));
    });
  },
};
