import { eachContainer } from '../each.ts';
import type { Rule } from '../rule.ts';
import { at, entries, UNKNOWN } from '../values.ts';

export const secretsAsFiles: Rule = {
  id: 'SEC-03',
  name: 'sec-03-secrets-as-files',
  title: 'Secrets are mounted as files',
  severity: 'medium',
  standards: ['CIS 5.4.1', 'C-0207', 'CKV_K8S_35', 'kube-linter read-secret-from-env-var'],
  why: 'The environment goes to every child process and into crash reports, and never changes.',
  fix: 'Mount the Secret and read the file.',
  // Redis, Jaeger, the Collector and others take their passwords in no other way.
  settings: {
    required: { meaning: 'True: no container takes a Secret by its environment.', default: false },
  },
  check: eachContainer(({ value }, _pod, context) => {
    if (!context.setting<boolean>('required')) return undefined;
    const env = entries(at(value, 'env'));
    const from = entries(at(value, 'envFrom'));
    if (env === UNKNOWN || from === UNKNOWN) return UNKNOWN;
    const refs = [
      ...env.map((one) => at(one, 'valueFrom', 'secretKeyRef')),
      ...from.map((one) => at(one, 'secretRef')),
    ];
    if (refs.some((ref) => ref !== undefined && ref !== UNKNOWN))
      return 'has a Secret in its environment';
    return refs.includes(UNKNOWN) ? UNKNOWN : undefined;
  }),
};
