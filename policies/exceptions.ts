import type { Exception } from './waivers.ts';

/** Objects that may break a rule for a while. */
export const exceptions: readonly Exception[] = [];
