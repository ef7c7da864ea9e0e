import type { Alert, RuleGroup } from './rule.ts';

/** Disks of the machine; memory file systems and mounts of containers are none. */
const DISK = '{fstype!~"tmpfs|overlay|squashfs|ramfs"}';
const AVAILABLE = `node_filesystem_avail_bytes${DISK}`;
const SIZE = `node_filesystem_size_bytes${DISK}`;

/** The machines themselves. */
export const nodeRules: RuleGroup = {
  name: 'nodes',
  needs: ['node-exporter'],
  alerts: [
    {
      alert: 'NodeCpuHigh',
      severity: 'warning',
      expr: '1 - avg by (node) (rate(node_cpu_seconds_total{mode="idle"}[5m])) > 0.8',
      for: '5m',
      summary: 'The processors of {{ $labels.node }} are busy.',
      description: '{{ $value | humanizePercentage }} of their time is used.',
    },
    {
      alert: 'NodeMemoryHigh',
      severity: 'critical',
      expr: '1 - node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes > 0.9',
      for: '1m',
      summary: '{{ $labels.node }} is short of memory.',
      description: '{{ $value | humanizePercentage }} is used; pods will be evicted or killed.',
    },
    {
      alert: 'NodeDiskHigh',
      severity: 'warning',
      expr: `1 - ${AVAILABLE} / ${SIZE} > 0.85`,
      for: '10m',
      summary: 'A disk of {{ $labels.node }} is filling.',
      description: '{{ $value | humanizePercentage }} of {{ $labels.mountpoint }} is used.',
    },
    {
      alert: 'NodeFilesystemSpaceFillingUp',
      severity: 'warning',
      expr: `${AVAILABLE} / ${SIZE} < 0.25 and predict_linear(${AVAILABLE}[6h], 86400) < 0`,
      for: '1h',
      summary: 'A disk of {{ $labels.node }} will be full within a day.',
      description: '{{ $value | humanizePercentage }} of {{ $labels.mountpoint }} is left.',
    },
  ],
};

/** The machines as Kubernetes sees them. */
export const kubeNodeRules: RuleGroup = {
  name: 'kube-nodes',
  needs: ['kube-state-metrics'],
  alerts: [
    {
      alert: 'KubeNodeNotReady',
      severity: 'critical',
      expr: 'kube_node_status_condition{condition="Ready",status="true"} == 0',
      for: '15m',
      summary: '{{ $labels.node }} is not ready.',
      description: 'Its pods have moved or wait to: the cluster is one machine smaller.',
    },
    {
      alert: 'KubeNodeUnreachable',
      severity: 'critical',
      expr: 'kube_node_spec_taint{key="node.kubernetes.io/unreachable",effect="NoSchedule"} == 1',
      for: '15m',
      summary: '{{ $labels.node }} cannot be reached.',
      description: 'Its pods may still run, but nobody can tell.',
    },
    {
      alert: 'KubeNodePressure',
      severity: 'warning',
      expr:
        'kube_node_status_condition' +
        '{condition=~"MemoryPressure|DiskPressure|PIDPressure",status="true"} == 1',
      for: '10m',
      summary: '{{ $labels.node }} reports {{ $labels.condition }}.',
      description: 'It evicts pods until the pressure is gone.',
    },
  ],
};

function kubeletCertificate(alert: string, metric: string, which: string): Alert[] {
  const within = (days: number, severity: Alert['severity']): Alert => ({
    alert,
    severity,
    expr: `${metric} < ${days} * 86400`,
    for: '15m',
    summary: `The ${which} certificate of the kubelet of {{ $labels.node }} is about to end.`,
    description: 'It ends in {{ $value | humanizeDuration }}; the kubelet should have renewed it.',
  });
  return [within(1, 'critical'), within(7, 'warning')];
}

/** The kubelets. */
export const kubeletRules: RuleGroup = {
  name: 'kubelets',
  needs: ['kubelet'],
  alerts: [
    {
      alert: 'KubeletDown',
      severity: 'critical',
      expr: 'absent(up{job="kubelet"} == 1)',
      for: '15m',
      summary: 'No kubelet answers.',
      description: 'Nothing is known about containers and volumes of any node.',
    },
    ...kubeletCertificate(
      'KubeletClientCertificateExpiration',
      'kubelet_certificate_manager_client_ttl_seconds',
      'client',
    ),
    ...kubeletCertificate(
      'KubeletServerCertificateExpiration',
      'kubelet_certificate_manager_server_ttl_seconds',
      'server',
    ),
  ],
};
