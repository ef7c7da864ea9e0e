import type { CheckFailure } from '../provider/definition.ts';
import { isValues } from '../provider/values.ts';

export function status(value: unknown): unknown {
  return isValues(value) ? value['status'] : undefined;
}

/** What is wrong with a word of S3, if anything is. */
export function oneOf(
  property: string,
  value: unknown,
  allowed: readonly string[],
): CheckFailure[] {
  if (typeof value === 'string' && allowed.includes(value)) return [];
  if (value === undefined) return [{ property, reason: 'is required.' }];
  return [{ property, reason: `${JSON.stringify(value)} is not one of ${allowed.join(', ')}.` }];
}
