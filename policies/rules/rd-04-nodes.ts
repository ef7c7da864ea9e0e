import { expectFields, isAtLeast } from '../expect.ts';
import { about, findings } from '../findings.ts';
import { eachRedis, expectDirectives } from '../redis.ts';
import { selectsPods, unlessSome } from '../references.ts';
import type { Rule } from '../rule.ts';
import { at } from '../values.ts';

export const redisNodes: Rule = {
  id: 'RD-04',
  name: 'rd-04-nodes',
  title: 'A Redis cluster has three primaries with a replica each, and bounds its memory',
  severity: 'medium',
  standards: ['Redis: cluster specification', 'Redis: memory'],
  why: 'With fewer nodes a failure loses a part of the keys; without a bound the node is killed.',
  // With one replica per primary, min-replicas-to-write would stop writes at each of its restarts.
  fix: 'Set replicas to 6 or more, a PodDisruptionBudget, endpoints by host name, maxmemory and its policy.',
  checkStack: (stack) => {
    const budgets = stack.ofKind('policy', 'PodDisruptionBudget');
    return eachRedis(stack, (redis) => {
      const { server } = redis;
      const labels = at(server.props, 'spec', 'template', 'metadata', 'labels');
      const own = budgets.map((budget) => selectsPods(budget, server.namespace, labels));
      const verdict = unlessSome(own, 'no PodDisruptionBudget selects its pods');
      return [
        ...about(
          server,
          expectFields(server.props, [
            { field: 'spec.replicas', good: isAtLeast(6), problem: 'are fewer than six' },
          ]),
        ),
        ...about(server, findings('metadata.name', verdict)),
        ...expectDirectives(redis, [
          ['cluster-preferred-endpoint-type', (value) => value === 'hostname', 'is not hostname'],
          ['maxmemory', (value) => value !== undefined && !/^0*$/.test(value), 'is not set'],
          ['maxmemory-policy', (value) => value !== undefined, 'is not set'],
        ]),
      ];
    });
  },
};
