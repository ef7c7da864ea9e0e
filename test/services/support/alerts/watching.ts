import { differing, growing, missing, steady, type AlertCases } from './alert-case.ts';

const agent = (metric: string) => `${metric}{job="log-agent",pod="agent-1"}`;
const health = (color: string) => `elasticsearch_cluster_health_status{color="${color}"}`;
const target = (pod: string) => `up{job="api",namespace="saas-app",pod="${pod}"}`;
const prometheus = (metric: string) => `${metric}{job="prometheus",pod="prometheus-0"}`;
const sent = (metric: string) => `alertmanager_notifications_${metric}{integration="slack"}`;
const info =
  'ALERTS{alertname="TraceSpansDropped",alertstate="firing",namespace="a",severity="info"}';
const other = 'ALERTS{alertname="TargetDown",alertstate="firing",namespace="a",severity="warning"}';

/** Logs, and the watchers themselves. */
export const watchingCases: AlertCases = {
  'LogAgentDown/warning': missing(agent('up'), 15),
  'LogExportFailing/warning': differing(
    agent('otelcol_exporter_send_failed_log_records_total'),
    growing(5),
    steady(5),
    20,
  ),
  'LogQueueFull/warning': {
    fires: {
      series: {
        [agent('otelcol_exporter_queue_size')]: steady(900),
        [agent('otelcol_exporter_queue_capacity')]: steady(1_000),
      },
      at: 10,
    },
    silent: {
      series: {
        [agent('otelcol_exporter_queue_size')]: steady(700),
        [agent('otelcol_exporter_queue_capacity')]: steady(1_000),
      },
      at: 10,
    },
  },
  'ElasticsearchRed/critical': differing(health('red'), steady(1), steady(0), 5),
  'ElasticsearchYellow/warning': differing(health('yellow'), steady(1), '1x5 0x60', 20),
  'ElasticsearchNodesMissing/critical': differing(
    'elasticsearch_cluster_health_number_of_nodes',
    steady(2),
    steady(3),
    10,
  ),
  'ElasticsearchHeapHigh/warning': {
    fires: {
      series: {
        'elasticsearch_jvm_memory_used_bytes{area="heap",name="es-0"}': steady(95),
        'elasticsearch_jvm_memory_max_bytes{area="heap",name="es-0"}': steady(100),
      },
      at: 20,
    },
    silent: {
      series: {
        'elasticsearch_jvm_memory_used_bytes{area="heap",name="es-0"}': steady(80),
        'elasticsearch_jvm_memory_max_bytes{area="heap",name="es-0"}': steady(100),
      },
      at: 20,
    },
  },
  'ElasticsearchDiskLow/critical': {
    fires: {
      series: {
        'elasticsearch_filesystem_data_available_bytes{name="es-0"}': steady(8),
        'elasticsearch_filesystem_data_size_bytes{name="es-0"}': steady(100),
      },
      at: 10,
    },
    silent: {
      series: {
        'elasticsearch_filesystem_data_available_bytes{name="es-0"}': steady(20),
        'elasticsearch_filesystem_data_size_bytes{name="es-0"}': steady(100),
      },
      at: 10,
    },
  },
  'ElasticsearchExporterDown/warning': missing(health('green'), 15),
  'VictoriaLogsRowsDropped/warning': differing(
    'vl_rows_dropped_total{reason="too_many_fields"}',
    growing(1),
    steady(6),
    20,
  ),
  'VictoriaLogsDown/warning': missing('up{job="victoria-logs"}', 10),
  'Watchdog/info': { fires: { series: {}, at: 0 }, silent: 'never' },
  'InfoInhibitor/info': {
    fires: { series: { [info]: steady(1) }, at: 5 },
    silent: { series: { [info]: steady(1), [other]: steady(1) }, at: 5 },
  },
  'TargetDown/warning': {
    fires: { series: { [target('api-1')]: steady(1), [target('api-2')]: steady(0) }, at: 15 },
    silent: { series: { [target('api-1')]: steady(1), [target('api-2')]: '0x5 1x60' }, at: 15 },
  },
  'PrometheusRuleFailures/critical': differing(
    'prometheus_rule_evaluation_failures_total{pod="prometheus-0",rule_group="meta"}',
    growing(1),
    steady(2),
    25,
  ),
  'PrometheusConfigReloadFailed/critical': differing(
    prometheus('prometheus_config_last_reload_successful'),
    steady(0),
    steady(1),
    20,
  ),
  'PrometheusNotConnectedToAlertmanager/critical': differing(
    prometheus('prometheus_notifications_alertmanagers_discovered'),
    steady(0),
    steady(1),
    20,
  ),
  'AlertmanagerDown/critical': missing('up{job="alertmanager",pod="alertmanager-0"}', 10),
  'AlertmanagerFailedToSendAlerts/warning': {
    fires: { series: { [sent('failed_total')]: growing(1), [sent('total')]: growing(10) }, at: 15 },
    silent: { series: { [sent('failed_total')]: steady(3), [sent('total')]: growing(10) }, at: 15 },
  },
  'AlertmanagerConfigReloadFailed/critical': differing(
    'alertmanager_config_last_reload_successful{pod="alertmanager-0"}',
    steady(0),
    steady(1),
    20,
  ),
  'PrometheusOperatorRejectedResources/warning': differing(
    'prometheus_operator_managed_resources{resource="PodMonitor",state="rejected"}',
    steady(1),
    steady(0),
    15,
  ),
};
