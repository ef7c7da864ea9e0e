import type { RuleGroup } from './rule.ts';

/** The PostgreSQL servers. Rows per database or user are summed up per server. */
export const postgresRules: RuleGroup = {
  name: 'postgres',
  needs: ['postgres'],
  alerts: [
    {
      alert: 'PostgresDown',
      severity: 'emergency',
      expr: 'absent(cnpg_collector_up{job="postgres"} == 1)',
      for: '1m',
      summary: 'No PostgreSQL server answers.',
      description: 'No instance has reported a running server for a minute: the API cannot work.',
    },
    {
      alert: 'PostgresInstanceDown',
      severity: 'critical',
      expr: 'up{job="postgres"} == 0 or cnpg_collector_up{job="postgres"} == 0',
      for: '2m',
      summary: '{{ $labels.pod }} is down.',
      description: 'One more failure may cost availability: {{ $labels.pod }} does not answer.',
    },
    {
      alert: 'PostgresPrimaryMissing',
      severity: 'emergency',
      expr: 'absent(cnpg_pg_replication_in_recovery == 0)',
      for: '1m',
      summary: 'PostgreSQL has no primary.',
      description: 'For a minute no server has accepted writes; a failover takes 25 seconds.',
    },
    {
      alert: 'PostgresSplitBrain',
      severity: 'emergency',
      expr: 'count by (namespace) (cnpg_pg_replication_in_recovery == 0) > 1',
      for: '1m',
      summary: 'PostgreSQL has {{ $value }} primaries in {{ $labels.namespace }}.',
      description: 'Two servers accept writes at the same time: their data drifts apart.',
    },
    {
      alert: 'PostgresConnectionsHigh',
      severity: 'warning',
      expr: 'sum by (namespace, pod) (cnpg_backends_total) > 150',
      for: '2m',
      summary: '{{ $labels.pod }} is short of connections.',
      description: '{{ $value }} connections are open; at max_connections clients are refused.',
    },
    {
      alert: 'PostgresReplicationLag',
      severity: 'warning',
      expr: 'max by (namespace, pod) (cnpg_pg_replication_lag) > 60',
      for: '5m',
      summary: '{{ $labels.pod }} lags behind.',
      description: 'The standby is {{ $value | humanizeDuration }} late: a failover would wait.',
    },
    {
      alert: 'PostgresReplicaNotStreaming',
      severity: 'critical',
      expr:
        'cnpg_pg_replication_in_recovery == 1 and ' +
        'on (namespace, pod) cnpg_pg_replication_is_wal_receiver_up == 0',
      for: '5m',
      summary: '{{ $labels.pod }} receives no changes.',
      description:
        'The standby has no connection to the primary: writes may wait, data may be lost.',
    },
    {
      alert: 'PostgresLongTransaction',
      severity: 'warning',
      expr: 'max by (namespace, pod, datname) (cnpg_backends_max_tx_duration_seconds) > 3600',
      for: '5m',
      summary: 'A transaction in {{ $labels.datname }} does not end.',
      description:
        'It is open for {{ $value | humanizeDuration }} and keeps dead rows from vacuum.',
    },
    {
      alert: 'PostgresTransactionIdsRunOut',
      severity: 'critical',
      expr: 'max by (namespace, pod, datname) (cnpg_pg_database_xid_age) > 1.2e9',
      for: '10m',
      summary: '{{ $labels.datname }} runs out of transaction ids.',
      description: 'Its age is {{ $value | humanize }} of 2.1 G, at which writes stop.',
    },
  ],
};

/** PgBouncer in front of them. */
export const poolerRules: RuleGroup = {
  name: 'pooler',
  needs: ['pooler'],
  alerts: [
    {
      alert: 'PoolerDown',
      severity: 'emergency',
      expr: 'absent(up{job="pooler"} == 1)',
      for: '2m',
      summary: 'No connection pooler answers.',
      description: 'Every request of the API goes through PgBouncer: tenants are cut off.',
    },
    {
      alert: 'PoolerClientsWaiting',
      severity: 'warning',
      expr: 'sum by (namespace, pod) (cnpg_pgbouncer_pools_cl_waiting) > 10',
      for: '5m',
      summary: 'Requests wait for a database connection.',
      description: '{{ $value }} clients of {{ $labels.pod }} wait for one of the pool.',
    },
  ],
};
