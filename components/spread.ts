/** Constraints by which pods prefer different zones and, within one, different nodes. */
export function spread(matchLabels: Readonly<Record<string, string>>) {
  return ['topology.kubernetes.io/zone', 'kubernetes.io/hostname'].map((topologyKey) => ({
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable: 'ScheduleAnyway',
    labelSelector: { matchLabels },
  }));
}
