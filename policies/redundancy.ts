import type { Setting } from './rule.ts';

/** Rules about redundancy hold where the users are; a rehearsal on one machine has none. */
export const redundantStacks: Readonly<Record<'stacks', Setting>> = {
  stacks: {
    meaning: 'Names of the Pulumi stacks that must survive the loss of a pod or a node.',
    default: ['staging', 'prod'],
  },
};
