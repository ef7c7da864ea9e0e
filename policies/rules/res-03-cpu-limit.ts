import { eachContainer } from '../each.ts';
import type { Rule } from '../rule.ts';
import { at, UNKNOWN } from '../values.ts';

export const cpuLimit: Rule = {
  id: 'RES-03',
  name: 'res-03-cpu-limit',
  title: 'Limits of cpu are as the team decided',
  severity: 'low',
  standards: ['CKV_K8S_11', 'KSV-0011', 'Kyverno forbid-cpu-limits'],
  why: 'A limit throttles at the worst moment; without one, a loop takes the idle time of a node.',
  fix: 'Set resources.limits.cpu, or set the setting "required" of this rule to false.',
  settings: {
    required: { meaning: 'True: every container needs a limit of cpu.', default: false },
  },
  check: (resource, context) =>
    eachContainer(({ value, list, fills }) => {
      if (!context.setting<boolean>('required') || list === 'ephemeralContainers') return undefined;
      const limit = at(value, 'resources', 'limits', 'cpu');
      if (limit === UNKNOWN) return UNKNOWN;
      const set = ['string', 'number'].includes(typeof limit) && limit !== '';
      return set || fills('resources') ? undefined : 'has no limit of cpu';
    })(resource, context),
};
