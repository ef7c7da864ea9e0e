import { isDaily } from '../cron.ts';
import { expectFields, forKinds, is } from '../expect.ts';
import { about, findings } from '../findings.ts';
import { BARMAN, CNPG } from '../postgres.ts';
import { names, unlessSome } from '../references.ts';
import type { Rule } from '../rule.ts';

export const postgresSchedule: Rule = {
  id: 'PG-04',
  name: 'pg-04-schedule',
  title: 'Every PostgreSQL cluster has a base backup each day',
  severity: 'critical',
  standards: ['CloudNativePG: scheduled backups', 'cloudnative-pg#8445'],
  why: 'Without base backups the archive of WAL cannot be restored, or takes days to.',
  fix: `Add a ScheduledBackup with six cron fields, method plugin and the plugin ${BARMAN}.`,
  check: forKinds(CNPG, ['ScheduledBackup'], ({ props }) =>
    expectFields(props, [
      {
        field: 'spec.schedule',
        good: (schedule) => isDaily(schedule, 6),
        problem: 'does not run every day by a cron of six fields',
      },
      { field: 'spec.suspend', good: is(undefined, false), problem: 'is suspended' },
      {
        field: 'spec.method',
        good: is('plugin'),
        problem: 'uses the method that the operator drops',
      },
      {
        field: 'spec.pluginConfiguration.name',
        good: is(BARMAN),
        problem: 'names no backup plugin',
      },
    ]),
  ),
  checkStack: (stack) => {
    const schedules = stack.ofKind(CNPG, 'ScheduledBackup');
    return stack.ofKind(CNPG, 'Cluster').flatMap((cluster) => {
      const own = schedules.map((one) => names(stack, one, 'spec.cluster.name', cluster));
      const verdict = unlessSome(own, 'no ScheduledBackup is for the cluster');
      return about(cluster, findings('metadata.name', verdict));
    });
  },
};
