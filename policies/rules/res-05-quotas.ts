import { about, findings, type Verdict } from '../findings.ts';
import type { Resource, Stack } from '../resource.ts';
import type { Rule } from '../rule.ts';
import { UNKNOWN } from '../values.ts';

function has(stack: Stack, namespace: Resource, kind: string): Verdict {
  const places = stack.ofKind('', kind).map((one) => one.namespace);
  if (namespace.objectName === UNKNOWN) return UNKNOWN;
  if (places.includes(namespace.objectName)) return undefined;
  return places.includes(UNKNOWN) ? UNKNOWN : `the namespace has no ${kind}`;
}

export const quotas: Rule = {
  id: 'RES-05',
  name: 'res-05-quotas',
  title: 'Every namespace has a quota, and defaults for its containers',
  severity: 'medium',
  standards: ['NSA 4.0', 'NSA 4.1', 'KSV-0039', 'KSV-0040', 'Kyverno add-ns-quota'],
  why: 'One namespace could take the whole cluster from all others.',
  fix: 'Add a ResourceQuota and a LimitRange to the namespace.',
  checkStack: (stack) =>
    stack
      .ofKind('', 'Namespace')
      .flatMap((namespace) =>
        ['ResourceQuota', 'LimitRange'].flatMap((kind) =>
          about(namespace, findings('metadata.name', has(stack, namespace, kind))),
        ),
      ),
};
