import type { Allowance } from './waivers.ts';

/** Objects that break a rule by their nature, each with the reason. None today. */
export const allowances: readonly Allowance[] = [];
