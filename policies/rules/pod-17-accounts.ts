import { accountOf, accountsNamed } from '../accounts.ts';
import { about, findings, type Verdict } from '../findings.ts';
import type { PodSpec } from '../pods.ts';
import type { Resource, Stack } from '../resource.ts';
import type { Rule } from '../rule.ts';
import { at, UNKNOWN } from '../values.ts';

function check(stack: Stack, holder: Resource, pod: PodSpec): Verdict {
  if (pod.spec === UNKNOWN) return UNKNOWN;
  const name = accountOf(pod);
  const old = at(pod.spec, 'serviceAccount');
  if (old !== undefined && at(pod.spec, 'serviceAccountName') === undefined) {
    return 'names its account in the old field';
  }
  if (name === UNKNOWN) return UNKNOWN;
  if (name === undefined || name === 'default' || name === '') {
    // Without a token the account is nobody.
    if (at(pod.spec, 'automountServiceAccountToken') === false) return undefined;
    return pod.fills('pod') && name === undefined ? undefined : 'shares the account "default"';
  }
  const accounts = accountsNamed(stack, holder, name);
  if (accounts.length === 0) return 'names an account that is not in the stack';
  return accounts.some((one) => one.objectName === name) ? undefined : UNKNOWN;
}

export const accounts: Rule = {
  id: 'POD-17',
  name: 'pod-17-accounts',
  title: 'A pod that has a token has an account of its own',
  severity: 'medium',
  standards: ['CIS 5.1.5', 'C-0189', 'CKV_K8S_41', 'kube-linter default-service-account'],
  why: 'Rights given to the shared account go to every pod of the namespace.',
  fix: 'Make a ServiceAccount and name it in serviceAccountName, or switch the token off.',
  checkStack: (stack) =>
    stack.resources.flatMap((holder) =>
      holder.pods.flatMap((pod) => about(holder, findings(pod.path, check(stack, holder, pod)))),
    ),
};
