import { ConfigError } from './errors.ts';

/** Refuses a cron expression with the wrong number of fields, and suggests the likely fix. */
export function checkCron(path: string, schedule: string, expected: 5 | 6): void {
  const fields = schedule.trim().split(/\s+/).length;
  if (fields === expected) return;
  const hint = expected === 6 && fields === 5 ? `Did you mean "0 ${schedule}"?` : undefined;
  throw new ConfigError(path, `expected ${expected} cron fields, got ${fields}.`, hint);
}
