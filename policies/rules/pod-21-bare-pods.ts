import { broken } from '../findings.ts';
import type { Rule } from '../rule.ts';

const BARE = [':Pod', ':ReplicationController', 'apps:ReplicaSet', 'extensions:ReplicaSet'];

export const barePods: Rule = {
  id: 'POD-21',
  name: 'pod-21-bare-pods',
  title: 'Pods are run by a controller that replaces them',
  severity: 'medium',
  standards: ['C-0073', 'Kyverno require-controller'],
  why: 'A bare pod is gone when its node is, and no update ever rolls it.',
  fix: 'Declare a Deployment, StatefulSet, DaemonSet, Job or CronJob.',
  check: ({ kind }) => {
    const bare = kind !== undefined && BARE.includes(`${kind.group}:${kind.kind}`);
    return bare ? [broken('kind', `a ${kind.kind} has no controller that rolls it`)] : [];
  },
};
