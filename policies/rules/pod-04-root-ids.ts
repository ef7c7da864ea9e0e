import { eachPod } from '../each.ts';
import { broken, unknown } from '../findings.ts';
import type { Finding, Rule } from '../rule.ts';
import { at, entries, UNKNOWN, type Value } from '../values.ts';

function check(path: string, value: Value): readonly Finding[] {
  if (value === UNKNOWN) return [unknown(path)];
  if (value === undefined || (typeof value === 'number' && value > 0)) return [];
  return [broken(path, 'is not a number above 0')];
}

const inContext = (context: Value, path: string, names: readonly string[]) =>
  names.flatMap((name) =>
    context === UNKNOWN ? [unknown(path)] : check(`${path}.${name}`, at(context, name)),
  );

function groups(context: Value, path: string): readonly Finding[] {
  const list = entries(at(context, 'supplementalGroups'));
  if (list === UNKNOWN) return [unknown(`${path}.supplementalGroups`)];
  return list.flatMap((group, index) => check(`${path}.supplementalGroups[${index}]`, group));
}

export const rootIds: Rule = {
  id: 'POD-04',
  name: 'pod-04-root-ids',
  title: 'No user and no group of a pod is 0',
  severity: 'medium',
  standards: ['PSS restricted', 'CKV_K8S_40', 'KSV-0105', 'KSV-0116'],
  why: 'Files of the node and of volumes that belong to root or its group are open to such a process.',
  fix: 'Choose ids above 0 for runAsUser, runAsGroup, fsGroup and supplementalGroups.',
  check: eachPod((pod) => {
    const path = `${pod.path}.securityContext`;
    const context = at(pod.spec, 'securityContext');
    return [
      ...inContext(context, path, ['runAsUser', 'runAsGroup', 'fsGroup']),
      ...groups(context, path),
      ...pod.containers.flatMap((container) =>
        inContext(at(container.value, 'securityContext'), `${container.path}.securityContext`, [
          'runAsUser',
          'runAsGroup',
        ]),
      ),
    ];
  }),
};
