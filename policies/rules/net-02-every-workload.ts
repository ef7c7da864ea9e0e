import { about, findings } from '../findings.ts';
import type { PodSpec } from '../pods.ts';
import type { Resource } from '../resource.ts';
import type { Rule } from '../rule.ts';
import { selects, selectsAll, type Match } from '../selectors.ts';
import { at, UNKNOWN } from '../values.ts';

/** Whether a policy that is not for everybody is for this pod. */
function isFor(policy: Resource, workload: Resource, pod: PodSpec): Match {
  if (policy.namespace === UNKNOWN || workload.namespace === UNKNOWN) return UNKNOWN;
  if (policy.namespace !== workload.namespace) return false;
  const selector = at(policy.props, 'spec', 'podSelector');
  const all = selectsAll(selector ?? {});
  if (all === true) return false;
  return all === UNKNOWN ? UNKNOWN : selects(selector, pod.labels);
}

/** Kinds of custom resources give their pods labels of their own, which no manifest shows. */
const isBuiltIn = ({ kind }: Resource) =>
  kind?.form === '' && ['', 'apps', 'batch'].includes(kind.group) && kind.kind !== 'PodTemplate';

export const everyWorkload: Rule = {
  id: 'NET-02',
  name: 'net-02-every-workload',
  title: 'Every workload has a network policy of its own',
  severity: 'medium',
  standards: ['C-0260', 'kube-linter non-isolated-pod', 'Polaris missingNetworkPolicy'],
  why: 'A workload without one either cannot talk at all, or lives from paths meant for others.',
  fix: 'Add a NetworkPolicy whose podSelector matches the labels of the pod template.',
  checkStack: (stack) => {
    const policies = stack.ofKind('networking.k8s.io', 'NetworkPolicy');
    return stack.resources.filter(isBuiltIn).flatMap((workload) =>
      workload.pods.flatMap((pod) => {
        const matches = policies.map((policy) => isFor(policy, workload, pod));
        if (matches.includes(true)) return [];
        const unclear = matches.includes(UNKNOWN) || pod.spec === UNKNOWN;
        const verdict = unclear ? UNKNOWN : 'no network policy selects the pod';
        return about(workload, findings(pod.path, verdict));
      }),
    );
  },
};
