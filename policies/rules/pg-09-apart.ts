import { expectFields, forKinds, is } from '../expect.ts';
import { about, findings } from '../findings.ts';
import { CNPG } from '../postgres.ts';
import type { Rule } from '../rule.ts';
import { UNKNOWN } from '../values.ts';

export const clustersApart: Rule = {
  id: 'PG-09',
  name: 'pg-09-apart',
  title: 'Each PostgreSQL cluster has a namespace and an account of its own',
  severity: 'high',
  standards: ['plugin-barman-cloud#892', 'cloudnative-pg#11345'],
  why: 'The backup plugin may give the account of a cluster every Secret of its namespace.',
  fix: 'Put one Cluster into a namespace, and annotate its account with serviceAccountTemplate.',
  check: forKinds(CNPG, ['Cluster'], ({ props }) =>
    expectFields(props, [
      {
        field: 'spec.serviceAccountName',
        good: is(undefined),
        problem: 'shares an account, which gets no rights to back up',
      },
    ]),
  ),
  checkStack: (stack) => {
    const clusters = stack.ofKind(CNPG, 'Cluster');
    return clusters.flatMap((cluster) => {
      const others = clusters.filter((one) => one !== cluster);
      const unclear =
        cluster.namespace === UNKNOWN || others.some(({ namespace }) => namespace === UNKNOWN);
      const shared = others.some(({ namespace }) => namespace === cluster.namespace);
      const problem = shared ? 'shares its namespace with another cluster' : undefined;
      if (others.length === 0) return [];
      return about(cluster, findings('metadata.namespace', unclear ? UNKNOWN : problem));
    });
  },
};
