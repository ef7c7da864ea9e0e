import { broken, unknown } from '../findings.ts';
import type { Rule } from '../rule.ts';
import { at, UNKNOWN } from '../values.ts';

const PREFIX = 'pod-security.kubernetes.io/';
const MODES = ['enforce', 'audit', 'warn'];

export const podSecurity: Rule = {
  id: 'NS-01',
  name: 'ns-01-pod-security',
  title: 'Every namespace enforces the restricted Pod Security level',
  severity: 'critical',
  standards: ['CIS 5.2.1', 'C-0192', 'Kyverno psa'],
  why: 'This pack does not see the pods that operators make; the API server does.',
  fix: `Set ${PREFIX}enforce, audit and warn to restricted, each with a -version such as v1.34.`,
  settings: {
    privileged: {
      meaning: 'Namespaces of node agents, which may enforce the level privileged.',
      default: [],
    },
  },
  check: ({ kind, props, objectName }, context) => {
    if (kind?.group !== '' || kind.kind !== 'Namespace') return [];
    const labels = at(props, 'metadata', 'labels');
    if (labels === UNKNOWN) return [unknown('metadata.labels')];
    const agents = context.setting<readonly string[]>('privileged');
    const listed = typeof objectName === 'string' && agents.includes(objectName);
    const levels = listed ? ['restricted', 'baseline', 'privileged'] : ['restricted'];
    return MODES.flatMap((mode) => {
      const path = `metadata.labels["${PREFIX}${mode}"]`;
      const level = at(labels, `${PREFIX}${mode}`);
      const version = at(labels, `${PREFIX}${mode}-version`);
      if (level === UNKNOWN || version === UNKNOWN) return [unknown(path)];
      if (!levels.includes(level as string)) return [broken(path, 'is not restricted')];
      const pinned = typeof version === 'string' && /^v1\.\d+$/.test(version);
      return pinned ? [] : [broken(path, 'has no pinned version')];
    });
  },
};
