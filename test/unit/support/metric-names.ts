/**
 * Names that the exporters of the platform are known to give, read from their sources: CloudNativePG
 * 1.30.0 (collector and default queries), barman plugin 0.14.0, redis_exporter 1.88, Traefik 3.6,
 * kube-state-metrics 2.19, kubelet and cAdvisor 1.36, node_exporter 1.12, blackbox_exporter 0.28,
 * cert-manager 1.21, Prometheus 3.12, Alertmanager 0.31, prometheus-operator 0.92,
 * elasticsearch_exporter 1.11, OpenTelemetry Collector and VictoriaLogs.
 */
const EXPORTED = `
up ALERTS probe_success probe_ssl_earliest_cert_expiry
cnpg_collector_up cnpg_pg_replication_in_recovery cnpg_pg_replication_lag
cnpg_pg_replication_is_wal_receiver_up cnpg_backends_total cnpg_backends_max_tx_duration_seconds
cnpg_pg_database_xid_age cnpg_pg_database_size_bytes cnpg_pgbouncer_pools_cl_waiting
cnpg_pg_stat_archiver_last_failed_time cnpg_pg_stat_archiver_last_archived_time
barman_cloud_cloudnative_pg_io_last_available_backup_timestamp
barman_cloud_cloudnative_pg_io_last_failed_backup_timestamp
redis_up redis_cluster_state redis_cluster_slots_fail redis_memory_used_bytes
redis_memory_max_bytes redis_master_link_up redis_aof_last_write_status
redis_rdb_last_bgsave_status redis_rejected_connections_total redis_connected_clients
traefik_entrypoint_requests_total traefik_tls_certs_not_after
kube_pod_container_resource_limits kube_pod_container_status_waiting_reason kube_pod_status_phase
kube_pod_container_status_restarts_total kube_pod_container_status_last_terminated_reason
kube_deployment_spec_replicas kube_deployment_status_replicas_available kube_statefulset_replicas
kube_statefulset_status_replicas_ready kube_job_failed
kube_poddisruptionbudget_status_desired_healthy kube_poddisruptionbudget_status_current_healthy
kube_node_status_condition kube_node_spec_taint kube_cronjob_status_last_successful_time
container_memory_working_set_bytes container_cpu_usage_seconds_total
kubelet_volume_stats_available_bytes kubelet_volume_stats_capacity_bytes
kubelet_volume_stats_inodes_free kubelet_volume_stats_inodes
kubelet_certificate_manager_client_ttl_seconds kubelet_certificate_manager_server_ttl_seconds
node_cpu_seconds_total node_memory_MemAvailable_bytes node_memory_MemTotal_bytes
node_filesystem_avail_bytes node_filesystem_size_bytes
certmanager_certificate_expiration_timestamp_seconds certmanager_certificate_ready_status
certmanager_certificate_challenge_status certmanager_http_acme_client_request_count
prometheus_rule_evaluation_failures_total prometheus_config_last_reload_successful
prometheus_notifications_alertmanagers_discovered alertmanager_notifications_failed_total
alertmanager_notifications_total alertmanager_config_last_reload_successful
prometheus_operator_managed_resources
elasticsearch_cluster_health_status elasticsearch_cluster_health_number_of_nodes
elasticsearch_jvm_memory_used_bytes elasticsearch_jvm_memory_max_bytes
elasticsearch_filesystem_data_available_bytes elasticsearch_filesystem_data_size_bytes
elasticsearch_snapshot_stats_latest_snapshot_timestamp_seconds
elasticsearch_slm_stats_snapshots_failed_total
otelcol_exporter_send_failed_log_records otelcol_exporter_enqueue_failed_log_records
otelcol_exporter_queue_size otelcol_exporter_queue_capacity vl_rows_dropped_total
`;

export const exportedNames: ReadonlySet<string> = new Set(EXPORTED.trim().split(/\s+/));

const WORDS =
  /^(and|or|unless|on|ignoring|by|without|group_left|group_right|bool|offset|sum|min|max|avg|count)$/;

/** Names of the metrics in a query. Labels, texts, durations, keywords and functions are left out. */
export function metricNames(query: string): string[] {
  const byRegex = [...query.matchAll(/__name__=~"(\w+)/g)].map(([, name]) => name ?? '');
  const bare = query
    .replaceAll(/\{[^}]*\}/g, ' ')
    .replaceAll(/\[[^\]]*\]/g, ' ')
    .replaceAll(/\b(by|without|on|ignoring|group_left|group_right) *\([^)]*\)/g, ' ');
  const words = [...bare.matchAll(/(?<![\w.:])[A-Za-z_:][\w:]*(?! *\()\b(?! *\()/g)];
  return [...byRegex, ...words.map(([word]) => word).filter((word) => !WORDS.test(word))];
}

/** Names in the text that a `/metrics` endpoint answers with, with the parts of histograms. */
export function servedNames(text: string): string[] {
  return [...text.matchAll(/^# TYPE (\S+) (\w+)$/gm)].flatMap(([, name = '', type]) =>
    type === 'histogram' ? [`${name}_bucket`, `${name}_count`, `${name}_sum`] : [name],
  );
}
