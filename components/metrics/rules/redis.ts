import type { RuleGroup } from './rule.ts';

/** The Redis Cluster: sessions, rate limits and streams. */
export const redisRules: RuleGroup = {
  name: 'redis',
  needs: ['redis'],
  alerts: [
    {
      alert: 'RedisDown',
      severity: 'emergency',
      expr: 'absent(redis_up{job="redis"} == 1)',
      for: '1m',
      summary: 'No Redis node answers.',
      description: 'No node has reported for a minute: nobody can sign in.',
    },
    {
      alert: 'RedisNodeDown',
      severity: 'critical',
      expr: 'up{job="redis"} == 0 or redis_up{job="redis"} == 0',
      for: '2m',
      summary: '{{ $labels.pod }} is down.',
      description: 'Its shard has one node left: the next loss costs a third of all sessions.',
    },
    {
      alert: 'RedisClusterBroken',
      severity: 'critical',
      expr:
        'min by (namespace, pod) (redis_cluster_state) == 0 or ' +
        'max by (namespace, pod) (redis_cluster_slots_fail) > 0',
      for: '1m',
      summary: '{{ $labels.pod }} sees a broken cluster.',
      description: 'Some slots have no primary: requests whose keys lie there fail.',
    },
    {
      alert: 'RedisMemoryHigh',
      severity: 'warning',
      expr: 'redis_memory_used_bytes / (redis_memory_max_bytes > 0) > 0.9',
      for: '5m',
      summary: '{{ $labels.pod }} is nearly full.',
      description:
        '{{ $value | humanizePercentage }} of maxmemory is used; a full node refuses writes.',
    },
    {
      alert: 'RedisReplicaLinkDown',
      severity: 'warning',
      expr: 'min by (namespace, pod) (redis_master_link_up) == 0',
      for: '2m',
      summary: '{{ $labels.pod }} does not follow its primary.',
      description: 'If the primary is lost now, the shard loses its latest writes.',
    },
    {
      alert: 'RedisPersistenceFailing',
      severity: 'critical',
      expr:
        'min by (namespace, pod) (redis_aof_last_write_status) == 0 or ' +
        'min by (namespace, pod) (redis_rdb_last_bgsave_status) == 0',
      for: '5m',
      summary: '{{ $labels.pod }} cannot write to its disk.',
      description: 'What it holds survives no restart of the node.',
    },
    {
      alert: 'RedisConnectionsRejected',
      severity: 'warning',
      expr: 'increase(redis_rejected_connections_total[5m]) > 0',
      summary: '{{ $labels.pod }} refuses clients.',
      description: '{{ $value | humanize }} clients were refused: maxclients is reached.',
    },
  ],
};
