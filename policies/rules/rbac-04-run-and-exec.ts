import { eachGrant, every, names, some, verdict } from '../roles.ts';
import type { Rule } from '../rule.ts';

const WORKLOADS = ['deployments', 'statefulsets', 'daemonsets', 'replicasets'];
const SHELLS = ['pods/exec', 'pods/attach', 'pods/portforward', 'pods/ephemeralcontainers'];

export const runAndExec: Rule = {
  id: 'RBAC-04',
  name: 'rbac-04-run-and-exec',
  title: 'Only operators start pods, and nobody opens a shell in one',
  severity: 'high',
  standards: ['CIS 5.1.4', 'C-0002', 'C-0063', 'C-0188', 'KSV-0048', 'KSV-0053', 'KSV-0054'],
  why: 'Whoever starts a pod may mount every Secret and use every account of the namespace.',
  fix: 'Leave "create" on pods and workloads and the subresources of pods to operators.',
  check: eachGrant(({ groups, resources, verbs }) => {
    const starts = some(
      every(names(groups, ['']), names(resources, ['pods', 'replicationcontrollers'])),
      every(names(groups, ['apps']), names(resources, WORKLOADS)),
      every(names(groups, ['batch']), names(resources, ['jobs', 'cronjobs'])),
    );
    const shells = every(names(groups, ['']), names(resources, SHELLS));
    const opens = names(verbs, ['create', 'get', 'patch', 'update']);
    return verdict(
      some(every(starts, names(verbs, ['create'])), every(shells, opens)),
      'starts pods or opens a shell in them',
    );
  }),
};
