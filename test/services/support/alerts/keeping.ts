import { differing, growing, missing, steady, type AlertCases } from './alert-case.ts';

const DAY = 86_400;
const of = 'exported_namespace="saas-edge",name="gateway"';
const expiry = `certmanager_certificate_expiration_timestamp_seconds{${of}}`;
const barman = (what: string) =>
  `barman_cloud_cloudnative_pg_io_last_${what}_backup_timestamp{namespace="saas-data",pod="postgres-1"}`;
const archived = (what: string) =>
  `cnpg_pg_stat_archiver_last_${what}_time{namespace="saas-data",pod="postgres-1"}`;
const redisBackup =
  'kube_cronjob_status_last_successful_time{namespace="saas-data",cronjob="redis-backup"}';
const snapshot = 'elasticsearch_snapshot_stats_latest_snapshot_timestamp_seconds{repository="s3"}';
/** The clock of promtool starts at zero: so many hours ago is that much below it. */
const hoursAgo = (hours: number) => steady(-hours * 3_600);

/** Certificates and backups. */
export const keepingCases: AlertCases = {
  'CertificateExpiresSoon/critical': differing(expiry, steady(6 * DAY), steady(8 * DAY), 90),
  'CertificateExpiresSoon/warning': differing(expiry, steady(20 * DAY), steady(22 * DAY), 90),
  'CertificateNotReady/warning': differing(
    `certmanager_certificate_ready_status{${of},condition="False"}`,
    steady(1),
    steady(0),
    15,
  ),
  'CertificateChallengeFailing/warning': differing(
    'certmanager_certificate_challenge_status{domain="api.example.com",status="invalid"}',
    steady(1),
    steady(0),
    10,
  ),
  'AcmeRateLimited/warning': differing(
    'certmanager_http_acme_client_request_count{host="acme.example.org",status="429"}',
    growing(1),
    steady(3),
    70,
  ),
  'CertManagerDown/critical': missing('up{job="cert-manager"}', 15),
  'PostgresBackupTooOld/critical': differing(barman('available'), hoursAgo(26), hoursAgo(24), 10),
  'PostgresBackupAbsent/critical': missing(barman('available'), 20, hoursAgo(90)),
  'PostgresBackupFailed/warning': {
    fires: {
      series: { [barman('available')]: steady(100), [barman('failed')]: steady(200) },
      at: 10,
    },
    silent: {
      series: { [barman('available')]: steady(300), [barman('failed')]: steady(200) },
      at: 10,
    },
  },
  'PostgresWalArchiveFailing/critical': {
    fires: {
      series: { [archived('failed')]: steady(200), [archived('archived')]: steady(100) },
      at: 10,
    },
    silent: {
      series: { [archived('failed')]: steady(200), [archived('archived')]: steady(201) },
      at: 10,
    },
  },
  'PostgresWalArchiveAbsent/critical': missing(archived('archived'), 20, steady(-1)),
  'RedisBackupTooOld/critical': differing(redisBackup, hoursAgo(26), hoursAgo(24), 10),
  'RedisBackupAbsent/critical': missing(redisBackup, 20, hoursAgo(90)),
  'ElasticsearchSnapshotTooOld/warning': differing(snapshot, hoursAgo(26), hoursAgo(24), 10),
  'ElasticsearchSnapshotAbsent/warning': missing(snapshot, 20, hoursAgo(90)),
  'ElasticsearchSnapshotFailed/warning': differing(
    'elasticsearch_slm_stats_snapshots_failed_total{policy="daily"}',
    growing(1),
    steady(4),
    70,
  ),
};
