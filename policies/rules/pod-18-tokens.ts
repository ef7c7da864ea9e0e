import { accountOf, accountsNamed, hasRights } from '../accounts.ts';
import { about, findings, type Verdict } from '../findings.ts';
import type { PodSpec } from '../pods.ts';
import type { Resource, Stack } from '../resource.ts';
import type { Rule } from '../rule.ts';
import { at, UNKNOWN, type Value } from '../values.ts';

/** The setting of the pod, or that of its account, or undefined: then there is a token. */
function mounts(stack: Stack, holder: Resource, pod: PodSpec): Value {
  const own = at(pod.spec, 'automountServiceAccountToken');
  if (own !== undefined) return own;
  const settings = accountsNamed(stack, holder, accountOf(pod)).map(({ props }) =>
    at(props, 'automountServiceAccountToken'),
  );
  return settings.includes(UNKNOWN) ? UNKNOWN : settings[0];
}

function check(stack: Stack, holder: Resource, pod: PodSpec): Verdict {
  if (pod.spec === UNKNOWN) return UNKNOWN;
  const mounted = mounts(stack, holder, pod);
  if (mounted === false) return undefined;
  if (mounted === undefined && pod.fills('pod')) return undefined;
  if (mounted === UNKNOWN) return UNKNOWN;
  const name = accountOf(pod);
  if (name === UNKNOWN) return UNKNOWN;
  const rights = name !== undefined && hasRights(stack, holder, name);
  if (rights === UNKNOWN) return UNKNOWN;
  return rights ? undefined : 'has a token, but no rights to use it for';
}

export const tokens: Rule = {
  id: 'POD-18',
  name: 'pod-18-tokens',
  title: 'Only pods with rights have a token for the API server',
  severity: 'high',
  standards: ['NSA 1.11', 'CIS 5.1.6', 'C-0034', 'CKV_K8S_38', 'KSV-0036'],
  why: 'A stolen token asks the API server in the name of the pod, from anywhere in the cluster.',
  fix: 'Set automountServiceAccountToken to false, or bind a role to the account of the pod.',
  checkStack: (stack) =>
    stack.resources.flatMap((holder) =>
      holder.pods.flatMap((pod) => about(holder, findings(pod.path, check(stack, holder, pod)))),
    ),
};
