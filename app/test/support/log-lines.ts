import type { Process } from './process.ts';

/** What a process has logged so far. */
export function logLines(process: Process): Record<string, unknown>[] {
  return process.output
    .split('\n')
    .filter((line) => line.startsWith('{') && line.endsWith('}'))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}
