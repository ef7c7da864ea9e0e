import type { Alert, RuleGroup } from './rule.ts';

/** Space or inodes of a volume: nearly gone, or going at the pace of the last six hours. */
function fillingUp(alert: string, free: string, total: string, what: string): Alert[] {
  return [
    {
      alert,
      severity: 'critical',
      expr: `${free} / ${total} < 0.03`,
      for: '1m',
      summary: `The volume {{ $labels.persistentvolumeclaim }} is out of ${what}.`,
      description: `{{ $value | humanizePercentage }} of its ${what} is left.`,
    },
    {
      alert,
      severity: 'warning',
      expr: `${free} / ${total} < 0.15 and predict_linear(${free}[6h], 4 * 86400) < 0`,
      for: '1h',
      summary: `The volume {{ $labels.persistentvolumeclaim }} runs out of ${what}.`,
      description: `{{ $value | humanizePercentage }} of its ${what} is left, for four days or less.`,
    },
  ];
}

/** Volumes, as the kubelets see them. */
export const storageRules: RuleGroup = {
  name: 'storage',
  needs: ['kubelet'],
  alerts: [
    ...fillingUp(
      'KubePersistentVolumeFillingUp',
      'kubelet_volume_stats_available_bytes',
      'kubelet_volume_stats_capacity_bytes',
      'space',
    ),
    ...fillingUp(
      'KubePersistentVolumeInodesFillingUp',
      'kubelet_volume_stats_inodes_free',
      'kubelet_volume_stats_inodes',
      'inodes',
    ),
  ],
};
