/** A part of the comment that may be cut between lines, or must stay whole. */
export interface Block {
  readonly head: readonly string[];
  readonly lines: readonly string[];
  readonly tail: readonly string[];
  readonly whole: boolean;
}

/** GitHub counts characters; bytes are never fewer, so this keeps both limits. */
export const GITHUB_LIMIT = 65_536;

const size = (lines: readonly string[]) =>
  lines.reduce((sum, line) => sum + Buffer.byteLength(line) + 1, 0);
const note = (count: number) => `… ${count} more ${count === 1 ? 'line' : 'lines'} cut here`;

/**
 * The blocks as one text of at most `limit` bytes. Each block that may be cut gets an equal share of
 * what is left; what it does not need goes to those after it.
 *
 * @throws Error when the blocks that must stay whole do not fit by themselves.
 */
export function fit(blocks: readonly Block[], limit: number = GITHUB_LIMIT): string {
  const fixed = blocks.flatMap(({ head, lines, tail, whole }) =>
    whole ? [...head, ...lines, ...tail] : [...head, note(lines.length), ...tail],
  );
  let left = limit - size(fixed);
  if (left < 0) {
    throw new Error('the risky changes alone are too long for one comment: split the change.');
  }
  let cuttable = blocks.filter(({ whole }) => !whole).length;
  const text = blocks.flatMap(({ head, lines, tail, whole }) => {
    if (whole) return [...head, ...lines, ...tail];
    const kept = upTo(lines, Math.floor(left / cuttable));
    cuttable -= 1;
    left -= size(kept);
    const rest = lines.length - kept.length;
    return [...head, ...kept, ...(rest > 0 ? [note(rest)] : []), ...tail];
  });
  return text.join('\n') + '\n';
}

function upTo(lines: readonly string[], bytes: number): readonly string[] {
  let used = 0;
  const end = lines.findIndex((line) => {
    used += size([line]);
    return used > bytes;
  });
  return end < 0 ? lines : lines.slice(0, end);
}
