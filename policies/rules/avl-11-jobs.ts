import { broken, unknown } from '../findings.ts';
import type { Finding, Rule } from '../rule.ts';
import { at, UNKNOWN, type Value } from '../values.ts';

function bounds(spec: Value, path: string): readonly Finding[] {
  return ['backoffLimit', 'activeDeadlineSeconds'].flatMap((name) => {
    const value = at(spec, name);
    if (value === UNKNOWN) return [unknown(`${path}.${name}`)];
    return typeof value === 'number' ? [] : [broken(`${path}.${name}`, 'is not set')];
  });
}

export const jobs: Rule = {
  id: 'AVL-11',
  name: 'avl-11-jobs',
  title: 'Jobs end, and do not run over each other',
  severity: 'low',
  standards: ['kube-linter job-ttl-seconds-after-finished'],
  why: 'A job that hangs holds its locks for ever; two backups at once spoil each other.',
  fix: 'Set backoffLimit, activeDeadlineSeconds and, in a CronJob, concurrencyPolicy: Forbid. Leave ttlSecondsAfterFinished out.',
  check: ({ kind, props }) => {
    if (kind?.group !== 'batch' || kind.form !== '') return [];
    const spec = at(props, 'spec');
    if (kind.kind === 'CronJob') {
      const policy = at(spec, 'concurrencyPolicy');
      const path = 'spec.concurrencyPolicy';
      const found = bounds(at(spec, 'jobTemplate', 'spec'), 'spec.jobTemplate.spec');
      if (policy === UNKNOWN) return [unknown(path), ...found];
      const single = policy === 'Forbid' || policy === 'Replace';
      return single ? found : [broken(path, 'lets two runs overlap'), ...found];
    }
    const ttl = at(spec, 'ttlSecondsAfterFinished');
    const path = 'spec.ttlSecondsAfterFinished';
    const vanishes =
      ttl === UNKNOWN ? [unknown(path)] : [broken(path, 'removes what Pulumi manages')];
    return [...bounds(spec, 'spec'), ...(ttl === undefined ? [] : vanishes)];
  },
};
