import { ELASTICSEARCH } from '../elastic.ts';
import { expectFields, forKinds } from '../expect.ts';
import { about, findings } from '../findings.ts';
import { unlessSome } from '../references.ts';
import type { Resource } from '../resource.ts';
import type { Rule } from '../rule.ts';
import type { Match } from '../selectors.ts';
import { at, fields, text, UNKNOWN, type Value } from '../values.ts';

/** Oldest minor version of each major version that still gets repairs. */
const OLDEST: Readonly<Record<string, number>> = { 8: 19, 9: 2 };

function isSupported(version: Value): boolean {
  const [, major = '', minor] = /^(\d+)\.(\d+)\.\d+$/.exec(text(version, '')) ?? [];
  return Number(minor) >= (OLDEST[major] ?? (Number(major) > 9 ? 0 : Infinity));
}

/** A policy of snapshots, as ECK takes it or, without its licence, as a script sends it. */
function declares({ kind, props }: Resource): Match {
  if (kind?.kind === 'StackConfigPolicy') {
    const policies = fields(at(props, 'spec', 'elasticsearch', 'snapshotLifecyclePolicies'));
    return policies === UNKNOWN ? UNKNOWN : policies.length > 0;
  }
  if (kind?.group !== '' || !['ConfigMap', 'Secret'].includes(kind.kind)) return false;
  const data = fields(at(props, kind.kind === 'Secret' ? 'stringData' : 'data'));
  // A file that is not known yet may be the one; it is rarely this one.
  if (data === UNKNOWN) return false;
  return data.some(([, file]) => text(file, '').includes('_slm/policy'));
}

export const elasticSnapshots: Rule = {
  id: 'ES-03',
  name: 'es-03-snapshots',
  title: 'Elasticsearch gets repairs, and snapshots by a policy',
  severity: 'medium',
  standards: ['Elasticsearch: snapshot lifecycle management', 'Elastic: product end of life'],
  why: 'Logs are evidence: without snapshots a wrong delete or a lost cluster takes them all.',
  fix: 'Set a version from 8.19 or 9.2, and declare an SLM policy by StackConfigPolicy or a script.',
  check: forKinds(ELASTICSEARCH, ['Elasticsearch'], ({ props }) =>
    expectFields(props, [
      { field: 'spec.version', good: isSupported, problem: 'gets no repairs any more' },
    ]),
  ),
  checkStack: (stack) => {
    const declared = stack.resources.map(declares);
    const verdict = unlessSome(declared, 'has no policy of snapshots in the stack');
    return stack
      .ofKind(ELASTICSEARCH, 'Elasticsearch')
      .flatMap((cluster) => about(cluster, findings('metadata.name', verdict)));
  },
};
