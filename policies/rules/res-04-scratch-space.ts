import type { Rule } from '../rule.ts';
import { quantity } from '../quantity.ts';
import { at, UNKNOWN } from '../values.ts';
import { eachVolume } from '../volumes.ts';

export const scratchSpace: Rule = {
  id: 'RES-04',
  name: 'res-04-scratch-space',
  title: 'Scratch space has a bound',
  severity: 'low',
  standards: ['Kyverno require-emptydir-requests-limits'],
  why: 'A pod that fills the disk of its node evicts every other pod there.',
  fix: 'Set emptyDir.sizeLimit.',
  check: eachVolume((volume) => {
    const directory = at(volume, 'emptyDir');
    if (directory === undefined) return undefined;
    const limit = at(directory, 'sizeLimit');
    if (limit === UNKNOWN) return UNKNOWN;
    return quantity(limit) === undefined ? 'has no sizeLimit' : undefined;
  }),
};
