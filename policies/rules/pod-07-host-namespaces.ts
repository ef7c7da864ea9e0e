import { eachPod } from '../each.ts';
import { findings } from '../findings.ts';
import type { Rule } from '../rule.ts';
import { at, UNKNOWN } from '../values.ts';

const NAMESPACES = ['hostPID', 'hostIPC', 'hostNetwork'];

export const hostNamespaces: Rule = {
  id: 'POD-07',
  name: 'pod-07-host-namespaces',
  title: 'No pod shares processes, memory or network with its node',
  severity: 'critical',
  standards: ['PSS baseline', 'NSA 1.3', 'NSA 1.4', 'NSA 1.5', 'CIS 5.2.3', 'C-0038', 'C-0041'],
  why: 'It sees the secrets of every process of the node, and no network policy applies to it.',
  fix: 'Leave hostPID, hostIPC and hostNetwork out.',
  check: eachPod(({ path, spec }) =>
    NAMESPACES.flatMap((name) => {
      const setting = at(spec, name);
      if (setting === undefined || setting === false) return [];
      return findings(`${path}.${name}`, setting === UNKNOWN ? UNKNOWN : 'is on');
    }),
  ),
};
