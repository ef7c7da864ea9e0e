import type { RuleGroup } from './rule.ts';

/** Backups are daily; two hours more are for a slow one. */
const OLDEST = '26 * 3600';
const BARMAN = 'barman_cloud_cloudnative_pg_io';
const REDIS_JOBS = '{cronjob=~"redis.*backup.*"}';

/** What a restore of PostgreSQL would find. */
export const postgresBackupRules: RuleGroup = {
  name: 'postgres-backups',
  needs: ['postgres'],
  alerts: [
    {
      alert: 'PostgresBackupTooOld',
      severity: 'critical',
      expr: `time() - max by (namespace) (${BARMAN}_last_available_backup_timestamp) > ${OLDEST}`,
      for: '5m',
      summary: 'PostgreSQL has no recent base backup.',
      description:
        'The last good one is {{ $value | humanizeDuration }} old: a restore takes long.',
    },
    {
      alert: 'PostgresBackupAbsent',
      severity: 'critical',
      expr: `absent(${BARMAN}_last_available_backup_timestamp)`,
      for: '15m',
      summary: 'Nobody knows the age of the PostgreSQL backups.',
      description: 'The backup plugin reports nothing: there may be no backup at all.',
    },
    {
      alert: 'PostgresBackupFailed',
      severity: 'warning',
      expr:
        `max by (namespace) (${BARMAN}_last_failed_backup_timestamp) > ` +
        `max by (namespace) (${BARMAN}_last_available_backup_timestamp)`,
      for: '5m',
      summary: 'The last base backup of PostgreSQL failed.',
      description: 'The one before it is still there; the next attempt is tomorrow.',
    },
    {
      alert: 'PostgresWalArchiveFailing',
      severity: 'critical',
      expr:
        'max by (namespace, pod) (cnpg_pg_stat_archiver_last_failed_time - ' +
        'cnpg_pg_stat_archiver_last_archived_time) > 1',
      for: '5m',
      summary: '{{ $labels.pod }} cannot archive its WAL.',
      description: 'Changes since then are in no backup, and the WAL fills the disk.',
    },
    {
      alert: 'PostgresWalArchiveAbsent',
      severity: 'critical',
      expr: 'absent(cnpg_pg_stat_archiver_last_archived_time)',
      for: '15m',
      summary: 'Nobody knows whether PostgreSQL archives its WAL.',
      description: 'No server reports its archiver: recent changes may be in no backup.',
    },
  ],
};

/** The dumps of the Redis shards. */
export const redisBackupRules: RuleGroup = {
  name: 'redis-backups',
  needs: ['redis-backup', 'kube-state-metrics'],
  alerts: [
    {
      alert: 'RedisBackupTooOld',
      severity: 'critical',
      expr:
        'time() - max by (namespace, cronjob) ' +
        `(kube_cronjob_status_last_successful_time${REDIS_JOBS}) > ${OLDEST}`,
      for: '5m',
      summary: 'Redis has no recent backup.',
      description: '{{ $labels.cronjob }} last succeeded {{ $value | humanizeDuration }} ago.',
    },
    {
      alert: 'RedisBackupAbsent',
      severity: 'critical',
      expr: `absent(kube_cronjob_status_last_successful_time${REDIS_JOBS})`,
      for: '15m',
      summary: 'Redis was never backed up.',
      description: 'No backup CronJob has ever succeeded.',
    },
  ],
};

/** Snapshots of the log store. */
export const elasticsearchBackupRules: RuleGroup = {
  name: 'elasticsearch-backups',
  needs: ['elasticsearch'],
  alerts: [
    {
      alert: 'ElasticsearchSnapshotTooOld',
      severity: 'warning',
      expr: `time() - max(elasticsearch_snapshot_stats_latest_snapshot_timestamp_seconds) > ${OLDEST}`,
      for: '5m',
      summary: 'Elasticsearch has no recent snapshot.',
      description: 'The last one is {{ $value | humanizeDuration }} old.',
    },
    {
      alert: 'ElasticsearchSnapshotAbsent',
      severity: 'warning',
      expr: 'absent(elasticsearch_snapshot_stats_latest_snapshot_timestamp_seconds)',
      for: '15m',
      summary: 'Nobody knows the age of the Elasticsearch snapshots.',
      description: 'The exporter reports none: there may be no snapshot at all.',
    },
    {
      alert: 'ElasticsearchSnapshotFailed',
      severity: 'warning',
      expr: 'increase(elasticsearch_slm_stats_snapshots_failed_total[1h]) > 0',
      summary: 'A snapshot of Elasticsearch failed.',
      description: '{{ $value | humanize }} snapshots failed within the last hour.',
    },
  ],
};
