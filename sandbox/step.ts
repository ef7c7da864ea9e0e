import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { cacheDir } from './paths.ts';
import { task } from './progress.ts';

export interface Step {
  /** Shown to the user and used as the file name of the step's record. */
  readonly name: string;
  /** Everything the result depends on. */
  readonly inputs: readonly string[];
  /** Files or folders that must exist for the step to count as done. */
  readonly outputs: readonly string[];
}

/** A hash over all parts, with their boundaries. */
export function hash(parts: readonly string[]): string {
  const sum = createHash('sha256');
  for (const part of parts) sum.update(`${part.length}:`).update(part);
  return sum.digest('hex');
}

/** Contents of all files below a folder with the given endings, as parts for `hash`. */
export function folderInputs(folder: string, endings: readonly string[]): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => endings.some((ending) => path.endsWith(ending)))
    .sort()
    .flatMap((path) => [path, readFileSync(join(folder, path), 'utf8')]);
}

/** Does the work unless it was finished before with the same inputs and its outputs still exist. */
export function step(args: Step, work: () => Promise<void>): Promise<void> {
  return stepIn(join(cacheDir, 'steps'), args, () => task(args.name, work));
}

/** `step` with the records of finished work in the given folder. */
export async function stepIn(folder: string, args: Step, work: () => Promise<void>): Promise<void> {
  const record = join(folder, args.name.replaceAll(/[^a-z0-9.-]+/gi, '-'));
  const wanted = hash(args.inputs);
  const done =
    existsSync(record) &&
    readFileSync(record, 'utf8') === wanted &&
    args.outputs.every((path) => existsSync(path));
  if (done) return;
  // An interrupted run must not look finished, so the record goes first and comes back last.
  rmSync(record, { force: true });
  await work();
  mkdirSync(folder, { recursive: true });
  writeFileSync(record, wanted);
}
