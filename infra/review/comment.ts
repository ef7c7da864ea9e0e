import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { readPolicyEvents } from './policy-events.ts';
import { readPreview } from './preview.ts';
import { readPrices } from './prices.ts';
import { renderComment, type StackReview } from './render.ts';

const usage = `Prints one comment for a pull request.

  node infra/review/comment.ts STACK=PREVIEW... [--events STACK=LOG]...

  PREVIEW  what "pulumi preview --json --show-sames" printed for the stack
  LOG      the file of --event-log of the same run, for the policy findings. It holds secrets in
           clear: delete it afterwards, and never keep it as an artifact.`;

function pair(argument: string): [string, string] {
  const at = argument.indexOf('=');
  if (at < 1) throw new Error(`"${argument}" is not STACK=FILE.\n\n${usage}`);
  return [argument.slice(0, at), argument.slice(at + 1)];
}

/** A preview that never came is told in the comment: a missing one must not look harmless. */
function previewOf(file: string): StackReview['preview'] {
  try {
    return readPreview(readFileSync(file, 'utf8'));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { missing: reason.startsWith('ENOENT') ? 'it wrote no result.' : reason };
  }
}

function main(): void {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { events: { type: 'string', multiple: true, default: [] } },
  });
  if (positionals.length === 0) throw new Error(usage);
  const logs = new Map(values.events.map(pair));
  const reviews = positionals.map(pair).map(([stack, file]): StackReview => {
    const log = logs.get(stack);
    const policy = log === undefined ? undefined : readPolicyEvents(readFileSync(log, 'utf8'));
    return { stack, preview: previewOf(file), policy };
  });
  const prices = readPrices(readFileSync(join(import.meta.dirname, 'prices.json'), 'utf8'));
  process.stdout.write(renderComment(reviews, prices));
}

try {
  main();
} catch (error) {
  console.error(`error: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
