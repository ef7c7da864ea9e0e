import { z } from 'zod';

import { cpu, size } from './values.ts';

/** Any text but none. */
export const text = () => z.string().min(1);

/** Whole number within bounds. */
export const count = (min: number, max: number) => z.number().int().min(min).max(max);

const share = (what: string) =>
  z.strictObject({
    cpu: cpu().describe(`Processor that ${what}, for example "250m" or "2".`),
    memory: size().describe(`Memory that ${what}, for example "512Mi".`),
  });

/** Requests and limits of one kind of pod. */
export const resources = (of: string) =>
  z
    .strictObject({
      requests: share('the scheduler sets aside').describe('What each pod is guaranteed.'),
      limits: share('a pod may use at most').describe('What each pod never exceeds.'),
    })
    .describe(`Requests and limits of ${of}.`);

/** Ceilings of one namespace. */
export const quota = (of: string) =>
  z
    .strictObject({
      cpu: cpu().describe('Sum of the CPU requests of all pods.'),
      memory: size().describe('Sum of the memory requests of all pods, and of their limits.'),
      pods: count(1, 10_000).describe('Number of pods.'),
      storage: size().optional().describe('Sum of all volume claims. Default: no bound.'),
    })
    .describe(`Upper bound of everything in the namespace of ${of}.`);
