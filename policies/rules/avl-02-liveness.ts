import { eachContainer } from '../each.ts';
import type { Rule } from '../rule.ts';
import { at, UNKNOWN, type Value } from '../values.ts';

/** What a probe asks, without its times. */
const question = (probe: Value) =>
  JSON.stringify(['httpGet', 'tcpSocket', 'grpc', 'exec'].map((key) => [key, at(probe, key)]));

export const liveness: Rule = {
  id: 'AVL-02',
  name: 'avl-02-liveness',
  title: 'A container that hangs is started again',
  severity: 'medium',
  standards: [
    'C-0056',
    'CKV_K8S_8',
    'kube-linter no-liveness-probe',
    'Polaris livenessProbeMissing',
  ],
  why: 'A process that neither ends nor answers stays for ever.',
  fix: 'Add a livenessProbe that asks the process alone, not the services behind it.',
  check: eachContainer(({ value, list, fills }, pod) => {
    if (pod.shortLived || list !== 'containers') return undefined;
    const probe = at(value, 'livenessProbe');
    if (probe === UNKNOWN) return UNKNOWN;
    const set = typeof probe === 'object' && question(probe) !== question({});
    return set || fills('lifecycle') ? undefined : 'has no liveness probe';
  }),
};
