import type { Value } from './values.ts';

/** True for a schedule that runs at least once a day. Operators differ in how many fields they read. */
export function isDaily(schedule: Value, fields: 5 | 6): boolean {
  if (typeof schedule !== 'string') return false;
  if (/^@(hourly|daily|midnight)$/.test(schedule)) return true;
  const parts = schedule.trim().split(/\s+/);
  return parts.length === fields && parts.slice(-3).every((part) => /^(\*|\?|\*\/1)$/.test(part));
}
