import type { Dashboard, Query } from './dashboard.ts';

function quantile(share: number): Query {
  const buckets = 'sum by (service, le) (rate(http_request_duration_seconds_bucket[5m]))';
  return {
    expr: `histogram_quantile(${share}, ${buckets})`,
    legend: `{{service}} p${share * 100}`,
  };
}

/** The state of the platform on one page: traffic, errors, time, database, pods. */
export const overview: Dashboard = {
  id: 'overview',
  title: 'Overview',
  panels: [
    {
      title: 'Requests',
      description: 'Answered requests by service, method and route.',
      unit: 'reqps',
      queries: [
        { expr: 'service:http_requests:rate5m', legend: '{{service}} {{method}} {{route}}' },
      ],
    },
    {
      title: 'Response time',
      description: 'Half of the requests are faster than p50, all but one in twenty than p95.',
      unit: 's',
      queries: [quantile(0.5), quantile(0.95)],
    },
    {
      title: 'Server errors',
      description: 'Requests that end with a status of 500 or more. Should be zero.',
      unit: 'reqps',
      queries: [
        {
          expr: 'sum by (service) (rate(http_requests_total{status=~"5.."}[5m]))',
          legend: '{{service}}',
        },
      ],
    },
    {
      title: 'Share of failed requests',
      description: 'Against the objective: 0.1 % over a month.',
      unit: 'percentunit',
      queries: [{ expr: 'service:http_errors:ratio_rate1h', legend: '{{service}}' }],
    },
    {
      title: 'PostgreSQL connections',
      description: 'Of each server; it refuses clients at max_connections.',
      unit: 'short',
      queries: [{ expr: 'sum by (pod) (cnpg_backends_total)', legend: '{{pod}}' }],
    },
    {
      title: 'Replication lag',
      description: 'How late each standby replays changes.',
      unit: 's',
      queries: [{ expr: 'max by (pod) (cnpg_pg_replication_lag)', legend: '{{pod}}' }],
    },
    {
      title: 'Memory of pods',
      description: 'What cannot be given back under pressure.',
      unit: 'bytes',
      queries: [
        {
          expr:
            'sum by (namespace, pod) ' +
            '(container_memory_working_set_bytes{container!="",namespace=~"saas-.*"})',
          legend: '{{namespace}} {{pod}}',
        },
      ],
    },
    {
      title: 'Processor time of pods',
      description: 'In cores.',
      unit: 'short',
      queries: [
        {
          expr:
            'sum by (namespace, pod) ' +
            '(rate(container_cpu_usage_seconds_total{container!="",namespace=~"saas-.*"}[5m]))',
          legend: '{{namespace}} {{pod}}',
        },
      ],
    },
    {
      title: 'Redis memory',
      description: 'Share of maxmemory; a full node refuses writes.',
      unit: 'percentunit',
      queries: [
        { expr: 'redis_memory_used_bytes / (redis_memory_max_bytes > 0)', legend: '{{pod}}' },
      ],
    },
    {
      title: 'Targets that do not answer',
      description: 'By job. Should be empty.',
      unit: 'short',
      queries: [{ expr: 'count by (job) (up == 0)', legend: '{{job}}' }],
    },
  ],
};
