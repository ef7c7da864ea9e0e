import { Problem } from './problem.ts';

/**
 * JSON text of a value that comes back as it went in; a 400 for what PostgreSQL or JSON itself would
 * refuse or change: the character U+0000, halves of characters and numbers without an end.
 */
export function storableJson(value: unknown): string {
  return JSON.stringify(value, (key, part: unknown) => {
    checkText(key);
    if (typeof part === 'string') checkText(part);
    if (typeof part === 'number' && !Number.isFinite(part)) {
      throw new Problem(400, 'A number is too large to be kept.');
    }
    return part;
  });
}

function checkText(text: string): void {
  if (text.includes('\0') || !text.isWellFormed()) {
    throw new Problem(400, 'Text must not contain the character U+0000 or half of a character.');
  }
}
