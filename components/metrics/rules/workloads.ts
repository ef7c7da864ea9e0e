import type { RuleGroup } from './rule.ts';

const CONTAINER = 'namespace, pod, container';

/** Usage as a share of the limit of the same container; containers without a limit are left out. */
function shareOfLimit(usage: string, resource: 'cpu' | 'memory'): string {
  const limit = `kube_pod_container_resource_limits{resource="${resource}"}`;
  return `${usage} / on (${CONTAINER}) max by (${CONTAINER}) (${limit})`;
}

/** What containers use, against what they may use. */
export const containerRules: RuleGroup = {
  name: 'containers',
  needs: ['cadvisor', 'kube-state-metrics'],
  recordings: [
    {
      record: 'container:memory_limit:ratio',
      expr: shareOfLimit(
        `max by (${CONTAINER}) (container_memory_working_set_bytes{container!=""})`,
        'memory',
      ),
    },
    {
      record: 'container:cpu_limit:ratio_rate5m',
      expr: shareOfLimit(
        `sum by (${CONTAINER}) (rate(container_cpu_usage_seconds_total{container!=""}[5m]))`,
        'cpu',
      ),
    },
  ],
  alerts: [
    {
      alert: 'ContainerMemoryHigh',
      severity: 'warning',
      expr: 'container:memory_limit:ratio > 0.8',
      for: '5m',
      summary: '{{ $labels.container }} of {{ $labels.pod }} is short of memory.',
      description: 'It uses {{ $value | humanizePercentage }} of its limit; at 100 % it is killed.',
    },
    {
      alert: 'ContainerCpuHigh',
      severity: 'warning',
      expr: 'container:cpu_limit:ratio_rate5m > 0.8',
      for: '5m',
      summary: '{{ $labels.container }} of {{ $labels.pod }} is short of processor time.',
      description: 'It uses {{ $value | humanizePercentage }} of its limit and is slowed down.',
    },
  ],
};

/** Whether everything that should run does. */
export const workloadRules: RuleGroup = {
  name: 'workloads',
  needs: ['kube-state-metrics'],
  alerts: [
    {
      alert: 'KubePodCrashLooping',
      severity: 'warning',
      expr:
        'max_over_time(kube_pod_container_status_waiting_reason' +
        '{reason="CrashLoopBackOff"}[5m]) >= 1',
      for: '15m',
      summary: '{{ $labels.container }} of {{ $labels.pod }} crashes again and again.',
      description: 'It has not stayed up for fifteen minutes.',
    },
    {
      alert: 'KubePodNotReady',
      severity: 'warning',
      expr: 'max by (namespace, pod) (kube_pod_status_phase{phase=~"Pending|Unknown"}) > 0',
      for: '15m',
      summary: '{{ $labels.pod }} does not start.',
      description: 'It is pending or unknown for fifteen minutes.',
    },
    {
      alert: 'KubeContainerWaiting',
      severity: 'warning',
      expr:
        `sum by (${CONTAINER}, reason) ` +
        '(kube_pod_container_status_waiting_reason{reason!="CrashLoopBackOff"}) > 0',
      for: '1h',
      summary: '{{ $labels.container }} of {{ $labels.pod }} waits: {{ $labels.reason }}.',
      description: 'It has not started for an hour.',
    },
    {
      alert: 'ContainerOomKilled',
      severity: 'warning',
      expr:
        'increase(kube_pod_container_status_restarts_total[10m]) > 0 and ' +
        `on (${CONTAINER}) kube_pod_container_status_last_terminated_reason` +
        '{reason="OOMKilled"} == 1',
      summary: '{{ $labels.container }} of {{ $labels.pod }} ran out of memory.',
      description: 'The kernel killed it at its limit and it was started again.',
    },
    {
      alert: 'KubeDeploymentReplicasMismatch',
      severity: 'warning',
      expr: 'kube_deployment_spec_replicas > kube_deployment_status_replicas_available',
      for: '15m',
      summary: '{{ $labels.deployment }} lacks pods.',
      description: 'It should have {{ $value }} available pods and has fewer.',
    },
    {
      alert: 'KubeStatefulSetReplicasMismatch',
      severity: 'warning',
      expr: 'kube_statefulset_replicas > kube_statefulset_status_replicas_ready',
      for: '15m',
      summary: '{{ $labels.statefulset }} lacks pods.',
      description: 'It should have {{ $value }} ready pods and has fewer.',
    },
    {
      alert: 'KubeJobFailed',
      severity: 'warning',
      expr: 'kube_job_failed{condition="true"} > 0',
      for: '1m',
      summary: 'The Job {{ $labels.job_name }} has failed.',
      description: 'What it was to do in {{ $labels.namespace }} is not done.',
    },
    {
      alert: 'KubePdbNotEnoughHealthyPods',
      severity: 'warning',
      expr:
        'kube_poddisruptionbudget_status_desired_healthy > ' +
        'kube_poddisruptionbudget_status_current_healthy',
      for: '15m',
      summary: '{{ $labels.poddisruptionbudget }} has too few healthy pods.',
      description: '{{ $value }} should be healthy; no node can be drained until they are.',
    },
    {
      alert: 'KubeStateMetricsDown',
      severity: 'critical',
      expr: 'absent(up{job="kube-state-metrics"} == 1)',
      for: '5m',
      summary: 'The state of the cluster is not watched.',
      description: 'kube-state-metrics is gone: alerts on pods, Jobs and nodes cannot fire.',
    },
  ],
};
