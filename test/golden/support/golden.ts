import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..', '..');
/** Lines of a difference that a reviewer still reads. */
const LONGEST = 60;

/**
 * Compares a generated text with the committed file, and fails with the lines that differ until the
 * change is committed. `UPDATE_GOLDEN=1` writes the file: its diff is what gets reviewed.
 */
export function expectGolden(file: string, text: string): void {
  const path = join(root, file);
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(path, text);
  const committed = existsSync(path) ? readFileSync(path, 'utf8') : '';
  if (committed === text) return;
  const lines = difference(committed.split('\n'), text.split('\n'));
  const shown = lines.slice(0, LONGEST);
  const rest = lines.length - shown.length;
  throw new Error(
    [
      `${file} is not what the program makes now. If the change is meant, accept it with`,
      '"UPDATE_GOLDEN=1 npm run golden" and commit the file.',
      '',
      ...shown,
      ...(rest > 0 ? [`… and ${rest} more lines`] : []),
    ].join('\n'),
  );
}

/** Lines that only one text has, in its order: `-` of the committed one, `+` of the new one. */
export function difference(before: readonly string[], after: readonly string[]): string[] {
  const gone = without(before, after).map((line) => `- ${line}`);
  const added = without(after, before).map((line) => `+ ${line}`);
  if (gone.length + added.length > 0) return [...gone, ...added];
  return before.join('\n') === after.join('\n') ? [] : ['  the same lines in another order'];
}

function without(lines: readonly string[], others: readonly string[]): string[] {
  const left = new Map<string, number>();
  for (const line of others) left.set(line, (left.get(line) ?? 0) + 1);
  return lines.filter((line) => {
    const count = left.get(line) ?? 0;
    left.set(line, count - 1);
    return count <= 0;
  });
}
