import { isA } from '../expect.ts';
import { about, findings, type Verdict } from '../findings.ts';
import { redundantStacks } from '../redundancy.ts';
import type { Resource, Stack } from '../resource.ts';
import type { Rule } from '../rule.ts';
import { at, UNKNOWN } from '../values.ts';

const isScaled = (resource: Resource) => isA(resource, 'apps', 'Deployment', 'StatefulSet');

/** Whether an autoscaler of the stack decides the number of pods. */
function isAutoscaled(workload: Resource, stack: Stack): boolean | typeof UNKNOWN {
  const targets = stack
    .ofKind('autoscaling', 'HorizontalPodAutoscaler')
    .filter(({ namespace }) => namespace === workload.namespace || namespace === UNKNOWN)
    .map(({ props }) => at(props, 'spec', 'scaleTargetRef', 'name'));
  if (targets.includes(workload.objectName)) return true;
  return targets.includes(UNKNOWN) && UNKNOWN;
}

function check(workload: Resource, stack: Stack): Verdict {
  const count = at(workload.props, 'spec', 'replicas');
  if (count === UNKNOWN) return UNKNOWN;
  if (typeof count === 'number' && (count >= 2 || count === 0)) return undefined;
  const scaled = count === undefined && isAutoscaled(workload, stack);
  if (scaled === UNKNOWN) return UNKNOWN;
  return scaled ? undefined : 'is a single pod';
}

export const replicas: Rule = {
  id: 'AVL-04',
  name: 'avl-04-replicas',
  title: 'No workload hangs on a single pod',
  severity: 'high',
  standards: ['kube-linter minimum-three-replicas', 'Polaris deploymentMissingReplicas'],
  why: 'Every update of the node or of the program is then an outage.',
  fix: 'Set spec.replicas to 2 or more, and to 3 or more in a StatefulSet with a quorum.',
  settings: redundantStacks,
  checkStack: (stack, context) => {
    if (!context.setting<readonly string[]>('stacks').includes(context.stack)) return [];
    return stack.resources
      .filter(isScaled)
      .flatMap((workload) => about(workload, findings('spec.replicas', check(workload, stack))));
  },
};
