import { ELASTICSEARCH, option } from '../elastic.ts';
import { eachEntry, expectFields, forKinds, is } from '../expect.ts';
import { findings, type Verdict } from '../findings.ts';
import type { Finding, Rule } from '../rule.ts';
import { at, entries, fields, UNKNOWN, type Value } from '../values.ts';

const CLAIM = 'elasticsearch-data';

/** Nodes that may become master: those that say so, or say nothing of roles. */
function masters(set: Value): number | typeof UNKNOWN {
  const roles = option(at(set, 'config'), 'node.roles');
  const count = at(set, 'count');
  const list = entries(roles);
  if (list === UNKNOWN || count === UNKNOWN || list.includes(UNKNOWN)) return UNKNOWN;
  const eligible = roles === undefined || list.includes('master');
  return eligible && typeof count === 'number' ? count : 0;
}

function quorum(props: Value): Verdict {
  const sets = entries(at(props, 'spec', 'nodeSets'));
  if (sets === UNKNOWN) return UNKNOWN;
  let known = 0;
  let unclear = false;
  for (const count of sets.map(masters)) {
    if (count === UNKNOWN) unclear = true;
    else known += count;
  }
  if (known >= 3) return undefined;
  return unclear ? UNKNOWN : 'have fewer than three master-eligible nodes';
}

function volume(set: Value, path: string): readonly Finding[] {
  const place = `${path}.volumeClaimTemplates`;
  const claims = entries(at(set, 'volumeClaimTemplates'));
  if (claims === UNKNOWN) return findings(place, UNKNOWN);
  const names = claims.map((claim) => at(claim, 'metadata', 'name'));
  if (names.includes(CLAIM)) return [];
  return findings(place, names.includes(UNKNOWN) ? UNKNOWN : `have no claim ${CLAIM}`);
}

/** The operator takes an empty budget as the wish for none. */
function budget(props: Value): Verdict {
  const value = at(props, 'spec', 'podDisruptionBudget');
  const all = fields(value);
  if (value === undefined) return undefined;
  if (all === UNKNOWN) return UNKNOWN;
  return all.length === 0 ? 'is switched off' : undefined;
}

export const elasticNodes: Rule = {
  id: 'ES-02',
  name: 'es-02-nodes',
  title: 'Elasticsearch has three masters, and keeps its volumes',
  severity: 'high',
  standards: ['ECK: nodes orchestration', 'ECK: volume claim templates'],
  why: 'Two masters cannot outvote one that is cut off; the default volume has 1Gi and goes with the object.',
  fix: `Set three nodes, a claim ${CLAIM}, DeleteOnScaledownOnly, and leave the disruption budget on.`,
  check: forKinds(ELASTICSEARCH, ['Elasticsearch'], ({ props }) => [
    ...findings('spec.nodeSets', quorum(props)),
    ...eachEntry(props, 'spec.nodeSets', volume),
    ...findings('spec.podDisruptionBudget', budget(props)),
    ...expectFields(props, [
      {
        field: 'spec.volumeClaimDeletePolicy',
        good: is('DeleteOnScaledownOnly'),
        problem: 'deletes the data with the object',
      },
    ]),
  ]),
};
