import { expectFields, forKinds, is, isText } from '../expect.ts';
import { findings } from '../findings.ts';
import { CNPG } from '../postgres.ts';
import type { Finding, Rule } from '../rule.ts';
import { at, entries, UNKNOWN, type Value } from '../values.ts';

const DAYS: Readonly<Record<string, number>> = { d: 1, w: 7, m: 30 };

function isMonth(value: Value): boolean {
  const [, count, unit] = /^([1-9]\d*)([dwm])$/.exec(typeof value === 'string' ? value : '') ?? [];
  return Number(count ?? 0) * (DAYS[unit ?? ''] ?? 0) >= 30;
}

function archiver(props: Value): readonly Finding[] {
  const plugins = entries(at(props, 'spec', 'plugins'));
  if (plugins === UNKNOWN) return findings('spec.plugins', UNKNOWN);
  const flags = plugins
    .filter((plugin) => at(plugin, 'enabled') !== false)
    .map((plugin) => at(plugin, 'isWALArchiver'));
  if (flags.includes(UNKNOWN)) return findings('spec.plugins', UNKNOWN);
  const count = flags.filter((flag) => flag === true).length;
  const problem = count === 0 ? 'archives no WAL' : 'has several archivers of WAL';
  return findings('spec.plugins', count === 1 ? undefined : problem);
}

const configuration = (part: 'wal' | 'data') => [
  {
    field: `spec.configuration.${part}.compression`,
    good: isText,
    problem: 'is stored uncompressed',
  },
  {
    field: `spec.configuration.${part}.encryption`,
    // Absent is the key of the bucket, which S3-03 looks after.
    good: is(undefined, 'aws:kms'),
    problem: 'is encrypted with a key of the storage service',
  },
];

export const archive: Rule = {
  id: 'PG-03',
  name: 'pg-03-archive',
  title: 'PostgreSQL archives its WAL, encrypted, for thirty days',
  severity: 'critical',
  standards: ['CloudNativePG: WAL archiving', 'plugin-barman-cloud: retention'],
  why: 'Without an archive there is no way back to the minute before a mistake or an attack.',
  fix: 'Add one plugin with isWALArchiver, and an ObjectStore with compression and retentionPolicy 30d; leave encryption to the bucket or name aws:kms.',
  check: (resource, context) => [
    ...forKinds(CNPG, ['Cluster'], ({ props }) => [
      ...archiver(props),
      ...expectFields(props, [
        {
          field: 'spec.backup.barmanObjectStore',
          good: is(undefined),
          problem: 'uses the archiver that the operator drops',
        },
      ]),
    ])(resource, context),
    ...forKinds('barmancloud.cnpg.io', ['ObjectStore'], ({ props }) =>
      expectFields(props, [
        {
          field: 'spec.retentionPolicy',
          good: isMonth,
          problem: 'keeps backups for less than 30 days',
        },
        ...configuration('wal'),
        ...configuration('data'),
      ]),
    )(resource, context),
  ],
};
