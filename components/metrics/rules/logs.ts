import type { RuleGroup } from './rule.ts';

/** The Collector names its counters with or without the suffix, depending on its release. */
function counter(name: string): string {
  return `{__name__=~"${name}(_total)?",job="log-agent"}`;
}

/** The agents that ship logs. */
export const logAgentRules: RuleGroup = {
  name: 'log-agents',
  needs: ['log-agent'],
  alerts: [
    {
      alert: 'LogAgentDown',
      severity: 'warning',
      expr: 'absent(up{job="log-agent"} == 1)',
      for: '10m',
      summary: 'No log agent answers.',
      description: 'No log has left any node for ten minutes; the nodes still keep them.',
    },
    {
      alert: 'LogExportFailing',
      severity: 'warning',
      expr:
        `sum by (pod) (increase(${counter('otelcol_exporter_send_failed_log_records')}[10m])) > 0 or ` +
        `sum by (pod) (increase(${counter('otelcol_exporter_enqueue_failed_log_records')}[10m])) > 0`,
      for: '5m',
      summary: '{{ $labels.pod }} cannot deliver logs.',
      description: '{{ $value | humanize }} log records were not delivered within ten minutes.',
    },
    {
      alert: 'LogQueueFull',
      severity: 'warning',
      expr: 'max by (pod) (otelcol_exporter_queue_size / otelcol_exporter_queue_capacity) > 0.8',
      for: '5m',
      summary: 'The log queue of {{ $labels.pod }} is nearly full.',
      description:
        '{{ $value | humanizePercentage }} of it is used; when it is full, logs are lost.',
    },
  ],
};

/** The log store of the large profiles. */
export const elasticsearchRules: RuleGroup = {
  name: 'elasticsearch',
  needs: ['elasticsearch'],
  alerts: [
    {
      alert: 'ElasticsearchRed',
      severity: 'critical',
      expr: 'elasticsearch_cluster_health_status{color="red"} == 1',
      for: '2m',
      summary: 'Elasticsearch is red.',
      description:
        'At least one primary shard is missing: its logs can be neither read nor written.',
    },
    {
      alert: 'ElasticsearchYellow',
      severity: 'warning',
      expr: 'elasticsearch_cluster_health_status{color="yellow"} == 1',
      for: '15m',
      summary: 'Elasticsearch is yellow.',
      description: 'Some shards have no copy: the loss of one more node would make it red.',
    },
    {
      alert: 'ElasticsearchNodesMissing',
      severity: 'critical',
      expr: 'elasticsearch_cluster_health_number_of_nodes < 3',
      for: '5m',
      summary: 'Elasticsearch lacks nodes.',
      description: '{{ $value }} nodes are left of three.',
    },
    {
      alert: 'ElasticsearchHeapHigh',
      severity: 'warning',
      expr:
        'elasticsearch_jvm_memory_used_bytes{area="heap"} / ' +
        'elasticsearch_jvm_memory_max_bytes{area="heap"} > 0.9',
      for: '15m',
      summary: 'The heap of {{ $labels.name }} is nearly full.',
      description: '{{ $value | humanizePercentage }} is used; the node will reject requests.',
    },
    {
      alert: 'ElasticsearchDiskLow',
      severity: 'critical',
      expr:
        'elasticsearch_filesystem_data_available_bytes / ' +
        'elasticsearch_filesystem_data_size_bytes < 0.1',
      for: '5m',
      summary: 'The disk of {{ $labels.name }} is nearly full.',
      description: '{{ $value | humanizePercentage }} is left; at 5 % indices become read-only.',
    },
    {
      alert: 'ElasticsearchExporterDown',
      severity: 'warning',
      expr: 'absent(elasticsearch_cluster_health_status)',
      for: '10m',
      summary: 'The state of Elasticsearch is unknown.',
      description: 'Its exporter reports nothing: the other alerts on it cannot fire.',
    },
  ],
};

/** The log store of the small profile. */
export const victoriaLogsRules: RuleGroup = {
  name: 'victoria-logs',
  needs: ['victoria-logs'],
  alerts: [
    {
      alert: 'VictoriaLogsRowsDropped',
      severity: 'warning',
      expr: 'sum by (reason) (increase(vl_rows_dropped_total[10m])) > 0',
      for: '5m',
      summary: 'The log store drops records: {{ $labels.reason }}.',
      description: '{{ $value | humanize }} records were dropped within ten minutes.',
    },
    {
      alert: 'VictoriaLogsDown',
      severity: 'warning',
      expr: 'absent(up{job="victoria-logs"} == 1)',
      for: '5m',
      summary: 'The log store does not answer.',
      description: 'Logs cannot be searched; the agents keep new ones until it is back.',
    },
  ],
};
