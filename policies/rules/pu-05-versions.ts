import { broken } from '../findings.ts';
import { isBuiltIn } from '../kinds.ts';
import type { Rule } from '../rule.ts';

export const versions: Rule = {
  id: 'PU-05',
  name: 'pu-05-versions',
  title: 'Objects of Kubernetes use a stable version of its API',
  severity: 'medium',
  standards: ['kube-linter no-extensions-v1beta', 'pulumi compliance-policies'],
  why: 'Alpha and beta versions change and go: the next cluster refuses the object.',
  fix: 'Use the version without alpha or beta.',
  check: ({ kind }) => {
    if (kind === undefined || !isBuiltIn(kind)) return [];
    const old = kind.group === 'extensions' || /alpha|beta/.test(kind.version);
    return old ? [broken('apiVersion', 'is not stable')] : [];
  },
};
