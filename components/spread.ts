/**
 * Constraints by which pods prefer different zones and, within one, different nodes.
 * @param nodes - `required` leaves a pod pending rather than on a node that has one already
 */
export function spread(
  matchLabels: Readonly<Record<string, string>>,
  nodes: 'preferred' | 'required' = 'preferred',
) {
  const constraint = (topologyKey: string, whenUnsatisfiable: string) => ({
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable,
    labelSelector: { matchLabels },
  });
  return [
    constraint('topology.kubernetes.io/zone', 'ScheduleAnyway'),
    constraint('kubernetes.io/hostname', nodes === 'required' ? 'DoNotSchedule' : 'ScheduleAnyway'),
  ];
}
