import type { Exception } from './waivers.ts';

/** Objects that may break a rule for a while. None today. */
export const exceptions: readonly Exception[] = [];
