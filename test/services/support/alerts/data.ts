import { differing, growing, missing, steady, type AlertCases } from './alert-case.ts';

const on = (pod: string) => `{job="postgres",namespace="saas-data",pod="${pod}"}`;
const recovery = (pod: string) => `cnpg_pg_replication_in_recovery${on(pod)}`;
const receiver = (pod: string) => `cnpg_pg_replication_is_wal_receiver_up${on(pod)}`;
const backends = (user: string) =>
  `cnpg_backends_total{namespace="saas-data",pod="postgres-1",usename="${user}"}`;
const redis = '{job="redis",namespace="saas-data",pod="redis-0"}';

export const dataCases: AlertCases = {
  'PostgresDown/emergency': differing(
    `cnpg_collector_up${on('postgres-1')}`,
    steady(0),
    steady(1),
    3,
  ),
  'PostgresInstanceDown/critical': {
    fires: {
      series: { [`up${on('postgres-1')}`]: steady(1), [`up${on('postgres-2')}`]: steady(0) },
      at: 5,
    },
    silent: {
      series: { [`up${on('postgres-1')}`]: steady(1), [`up${on('postgres-2')}`]: '0 1x600' },
      at: 5,
    },
  },
  'PostgresPrimaryMissing/emergency': differing(recovery('postgres-1'), steady(1), steady(0), 3),
  'PostgresSplitBrain/emergency': {
    fires: {
      series: { [recovery('postgres-1')]: steady(0), [recovery('postgres-2')]: steady(0) },
      at: 3,
    },
    silent: {
      series: { [recovery('postgres-1')]: steady(0), [recovery('postgres-2')]: steady(1) },
      at: 3,
    },
  },
  'PostgresConnectionsHigh/warning': {
    fires: { series: { [backends('app')]: steady(100), [backends('worker')]: steady(60) }, at: 5 },
    silent: { series: { [backends('app')]: steady(100), [backends('worker')]: steady(50) }, at: 5 },
  },
  'PostgresReplicationLag/warning': differing(
    `cnpg_pg_replication_lag${on('postgres-2')}`,
    steady(90),
    steady(30),
    10,
  ),
  'PostgresReplicaNotStreaming/critical': {
    fires: {
      series: { [recovery('postgres-2')]: steady(1), [receiver('postgres-2')]: steady(0) },
      at: 10,
    },
    // A primary receives nothing, as it should.
    silent: {
      series: { [recovery('postgres-1')]: steady(0), [receiver('postgres-1')]: steady(0) },
      at: 10,
    },
  },
  'PostgresLongTransaction/warning': differing(
    'cnpg_backends_max_tx_duration_seconds{namespace="saas-data",pod="postgres-1",datname="saas"}',
    steady(4_000),
    steady(1_800),
    10,
  ),
  'PostgresTransactionIdsRunOut/critical': differing(
    'cnpg_pg_database_xid_age{namespace="saas-data",pod="postgres-1",datname="saas"}',
    steady(1.3e9),
    steady(2e8),
    15,
  ),
  'PoolerDown/emergency': missing('up{job="pooler",pod="postgres-pooler-1"}', 5),
  'PoolerClientsWaiting/warning': differing(
    'cnpg_pgbouncer_pools_cl_waiting{namespace="saas-data",pod="pooler-1",database="saas"}',
    steady(20),
    steady(3),
    10,
  ),
  'RedisDown/emergency': differing(`redis_up${redis}`, steady(0), steady(1), 3),
  'RedisNodeDown/critical': differing(`redis_up${redis}`, steady(0), '0 1x600', 5),
  'RedisClusterBroken/critical': {
    fires: { series: { [`redis_cluster_state${redis}`]: steady(0) }, at: 3 },
    silent: {
      series: {
        [`redis_cluster_state${redis}`]: steady(1),
        [`redis_cluster_slots_fail${redis}`]: steady(0),
      },
      at: 3,
    },
  },
  'RedisMemoryHigh/warning': {
    fires: {
      series: {
        [`redis_memory_used_bytes${redis}`]: steady(95),
        [`redis_memory_max_bytes${redis}`]: steady(100),
      },
      at: 10,
    },
    // Zero means unlimited.
    silent: {
      series: {
        [`redis_memory_used_bytes${redis}`]: steady(95),
        [`redis_memory_max_bytes${redis}`]: steady(0),
      },
      at: 10,
    },
  },
  'RedisReplicaLinkDown/warning': differing(
    'redis_master_link_up{namespace="saas-data",pod="redis-3",master_host="redis-0"}',
    steady(0),
    '0 1x600',
    5,
  ),
  'RedisPersistenceFailing/critical': {
    fires: {
      series: {
        [`redis_aof_last_write_status${redis}`]: steady(1),
        [`redis_rdb_last_bgsave_status${redis}`]: steady(0),
      },
      at: 10,
    },
    silent: {
      series: {
        [`redis_aof_last_write_status${redis}`]: steady(1),
        [`redis_rdb_last_bgsave_status${redis}`]: steady(1),
      },
      at: 10,
    },
  },
  'RedisConnectionsRejected/warning': differing(
    `redis_rejected_connections_total${redis}`,
    growing(1),
    steady(40),
    10,
  ),
};
