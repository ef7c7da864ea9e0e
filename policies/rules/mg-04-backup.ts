import { isDaily } from '../cron.ts';
import { expectFields, forKinds, is, isText } from '../expect.ts';
import { findings } from '../findings.ts';
import { PSMDB } from '../mongo.ts';
import type { Finding, Rule } from '../rule.ts';
import { at, entries, fields, UNKNOWN, type Value } from '../values.ts';

const STORAGES = 'spec.backup.storages';
const TASKS = 'spec.backup.tasks';

/** The operator passes an encryption on only with static keys; a role has that of the bucket. */
function storage(name: string, value: Value): readonly Finding[] {
  const under = `${STORAGES}.${name}`;
  if (value === UNKNOWN) return findings(under, UNKNOWN);
  const type = at(value, 'type');
  if (type === UNKNOWN) return findings(`${under}.type`, UNKNOWN);
  if (type !== 's3' && type !== 'minio') return findings(`${under}.type`, 'is no object store');
  const keys = type === 's3' && at(value, type, 'credentialsSecret') !== undefined;
  return expectFields(
    value,
    [
      {
        field: `${type}.insecureSkipTLSVerify`,
        good: is(undefined, false),
        problem: 'does not verify the store',
      },
      ...(keys
        ? [
            {
              field: `${type}.serverSideEncryption.kmsKeyID`,
              good: isText,
              problem: 'writes without a key of ours',
            },
          ]
        : []),
    ],
    under,
  );
}

function storages(props: Value): readonly Finding[] {
  const all = fields(at(props, 'spec', 'backup', 'storages'));
  if (all === UNKNOWN) return findings(STORAGES, UNKNOWN);
  const mains = all.map(([, one]) => at(one, 'main'));
  const unclear = all.length > 1 && mains.includes(UNKNOWN);
  const wrong = all.length > 1 && mains.filter((main) => main === true).length !== 1;
  const empty = all.length === 0 ? 'is empty' : undefined;
  return [
    ...findings(STORAGES, unclear ? UNKNOWN : wrong ? 'has not exactly one main storage' : empty),
    ...all.flatMap(([name, one]) => storage(name, one)),
  ];
}

function daily(props: Value): readonly Finding[] {
  const tasks = entries(at(props, 'spec', 'backup', 'tasks'));
  if (tasks === UNKNOWN) return findings(TASKS, UNKNOWN);
  const good = tasks.map((task) => {
    const enabled = at(task, 'enabled');
    const schedule = at(task, 'schedule');
    const count = at(task, 'retention', 'count') ?? at(task, 'keep');
    if ([enabled, schedule, count].includes(UNKNOWN)) return UNKNOWN;
    return enabled === true && isDaily(schedule, 5) && typeof count === 'number' && count > 0;
  });
  if (good.includes(true)) return [];
  const problem = 'has no enabled task that runs every day and ends old backups';
  return findings(TASKS, good.includes(UNKNOWN) ? UNKNOWN : problem);
}

export const mongoBackup: Rule = {
  id: 'MG-04',
  name: 'mg-04-backup',
  title: 'MongoDB has a backup each day, and the oplog between them',
  severity: 'high',
  standards: ['Percona Operator: backups', 'Percona Operator: point-in-time recovery'],
  why: 'Without both there is no way back to the minute before a mistake or an attack.',
  fix: 'Enable backup and pitr (not oplogOnly), with an S3 storage and a daily task of five cron fields with retention.',
  check: forKinds(PSMDB, ['PerconaServerMongoDB'], ({ props }) => [
    ...expectFields(props, [
      { field: 'spec.backup.enabled', good: is(true), problem: 'is off' },
      { field: 'spec.backup.pitr.enabled', good: is(true), problem: 'is off' },
      {
        field: 'spec.backup.pitr.oplogOnly',
        good: is(undefined, false),
        problem: 'keeps an oplog without a backup to start from',
      },
    ]),
    ...storages(props),
    ...daily(props),
  ]),
};
