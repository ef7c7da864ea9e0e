/**
 * How far apart pods must be: `preferred` never leaves one pending; `required` leaves it pending
 * rather than on a node that has one already, `zone` also rather than in a zone that has one more
 * than another.
 */
export type Apart = 'preferred' | 'required' | 'zone';

export const ZONE = 'topology.kubernetes.io/zone';
export const NODE = 'kubernetes.io/hostname';

/** Constraints by which pods are spread over zones and, within one, over nodes. */
export function spread(matchLabels: Readonly<Record<string, string>>, apart: Apart = 'preferred') {
  const constraint = (topologyKey: string, must: boolean) => ({
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable: must ? 'DoNotSchedule' : 'ScheduleAnyway',
    labelSelector: { matchLabels },
  });
  return [constraint(ZONE, apart === 'zone'), constraint(NODE, apart !== 'preferred')];
}
