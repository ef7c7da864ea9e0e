import {
  differing,
  growing,
  missing,
  steady,
  type AlertCase,
  type AlertCases,
} from './alert-case.ts';

const DAY = 86_400;
const box = 'namespace="saas-app",pod="api-1",container="api"';
const waiting = (reason: string) =>
  `kube_pod_container_status_waiting_reason{${box},reason="${reason}"}`;
const condition = (name: string) =>
  `kube_node_status_condition{node="node-1",condition="${name}",status="true"}`;

/** Desired and actual of one kind of object. */
function short(desired: string, actual: string, labels: string): AlertCase {
  const series = (count: number) => ({
    [`${desired}{${labels}}`]: steady(3),
    [`${actual}{${labels}}`]: steady(count),
  });
  return { fires: { series: series(2), at: 20 }, silent: { series: series(3), at: 20 } };
}

/** A part and a whole that never change. */
function ratio(part: string, whole: string, bad: number, good: number, at: number): AlertCase {
  const series = (value: number) => ({ [part]: steady(value), [whole]: steady(100) });
  return { fires: { series: series(bad), at }, silent: { series: series(good), at } };
}

/** A part of 1,000 that shrinks: by 2 a minute it is gone in time, by 0.01 it is not. */
function shrinking(part: string, whole: string, start: number): AlertCase {
  const series = (step: number) => ({ [part]: growing(-step, start), [whole]: steady(1_000) });
  return { fires: { series: series(0.2), at: 480 }, silent: { series: series(0.001), at: 480 } };
}

const usedCpu = `container_cpu_usage_seconds_total{${box}}`;
const cpuLimit = `kube_pod_container_resource_limits{${box},resource="cpu"}`;
const volume = (what: string) =>
  `kubelet_volume_stats_${what}{namespace="saas-data",persistentvolumeclaim="postgres-1"}`;
const disk = (what: string) =>
  `node_filesystem_${what}_bytes{node="node-1",mountpoint="/",fstype="ext4"}`;
const idle = 'node_cpu_seconds_total{node="node-1",cpu="0",mode="idle"}';
const kubelet = (which: string) =>
  `kubelet_certificate_manager_${which}_ttl_seconds{job="kubelet",node="node-1"}`;

export const clusterCases: AlertCases = {
  'ContainerMemoryHigh/warning': ratio(
    `container_memory_working_set_bytes{${box}}`,
    `kube_pod_container_resource_limits{${box},resource="memory"}`,
    85,
    75,
    10,
  ),
  'ContainerCpuHigh/warning': {
    fires: { series: { [usedCpu]: growing(54), [cpuLimit]: steady(1) }, at: 15 },
    silent: { series: { [usedCpu]: growing(54), [cpuLimit]: steady(2) }, at: 15 },
  },
  'KubePodCrashLooping/warning': differing(
    waiting('CrashLoopBackOff'),
    '1 _ _ _ '.repeat(10),
    '1 0x30',
    25,
  ),
  'KubePodNotReady/warning': differing(
    'kube_pod_status_phase{namespace="saas-app",pod="api-1",phase="Pending"}',
    steady(1),
    '1x10 0x60',
    20,
  ),
  'KubeContainerWaiting/warning': differing(
    waiting('ImagePullBackOff'),
    steady(1),
    '1x30 0x60',
    70,
  ),
  'ContainerOomKilled/warning': {
    fires: {
      series: {
        [`kube_pod_container_status_restarts_total{${box}}`]: '0x5 1x20',
        [`kube_pod_container_status_last_terminated_reason{${box},reason="OOMKilled"}`]: steady(1),
      },
      at: 8,
    },
    silent: {
      series: {
        [`kube_pod_container_status_restarts_total{${box}}`]: steady(1),
        [`kube_pod_container_status_last_terminated_reason{${box},reason="OOMKilled"}`]: steady(1),
      },
      at: 8,
    },
  },
  'KubeDeploymentReplicasMismatch/warning': short(
    'kube_deployment_spec_replicas',
    'kube_deployment_status_replicas_available',
    'namespace="saas-app",deployment="api"',
  ),
  'KubeStatefulSetReplicasMismatch/warning': short(
    'kube_statefulset_replicas',
    'kube_statefulset_status_replicas_ready',
    'namespace="saas-data",statefulset="redis"',
  ),
  'KubeJobFailed/warning': differing(
    'kube_job_failed{namespace="saas-app",job_name="migrate",condition="true"}',
    steady(1),
    steady(0),
    5,
  ),
  'KubePdbNotEnoughHealthyPods/warning': short(
    'kube_poddisruptionbudget_status_desired_healthy',
    'kube_poddisruptionbudget_status_current_healthy',
    'namespace="saas-app",poddisruptionbudget="api"',
  ),
  'KubeStateMetricsDown/critical': missing('up{job="kube-state-metrics"}', 10),
  'KubePersistentVolumeFillingUp/critical': ratio(
    volume('available_bytes'),
    volume('capacity_bytes'),
    2,
    4,
    5,
  ),
  'KubePersistentVolumeFillingUp/warning': shrinking(
    volume('available_bytes'),
    volume('capacity_bytes'),
    140,
  ),
  'KubePersistentVolumeInodesFillingUp/critical': ratio(
    volume('inodes_free'),
    volume('inodes'),
    2,
    4,
    5,
  ),
  'KubePersistentVolumeInodesFillingUp/warning': shrinking(
    volume('inodes_free'),
    volume('inodes'),
    140,
  ),
  'NodeCpuHigh/warning': differing(idle, growing(6), growing(30), 15),
  'NodeMemoryHigh/critical': ratio(
    'node_memory_MemAvailable_bytes{node="node-1"}',
    'node_memory_MemTotal_bytes{node="node-1"}',
    5,
    15,
    5,
  ),
  'NodeDiskHigh/warning': ratio(disk('avail'), disk('size'), 10, 20, 20),
  'NodeFilesystemSpaceFillingUp/warning': shrinking(disk('avail'), disk('size'), 240),
  'KubeNodeNotReady/critical': differing(condition('Ready'), steady(0), '0x5 1x60', 20),
  'KubeNodeUnreachable/critical': differing(
    'kube_node_spec_taint{node="node-1",key="node.kubernetes.io/unreachable",effect="NoSchedule"}',
    steady(1),
    '1x5',
    20,
  ),
  'KubeNodePressure/warning': differing(condition('DiskPressure'), steady(1), steady(0), 15),
  'KubeletDown/critical': missing('up{job="kubelet",node="node-1"}', 20),
  'KubeletClientCertificateExpiration/critical': differing(
    kubelet('client'),
    steady(DAY / 2),
    steady(2 * DAY),
    20,
  ),
  'KubeletClientCertificateExpiration/warning': differing(
    kubelet('client'),
    steady(6 * DAY),
    steady(8 * DAY),
    20,
  ),
  'KubeletServerCertificateExpiration/critical': differing(
    kubelet('server'),
    steady(DAY / 2),
    steady(2 * DAY),
    20,
  ),
  'KubeletServerCertificateExpiration/warning': differing(
    kubelet('server'),
    steady(6 * DAY),
    steady(8 * DAY),
    20,
  ),
};
