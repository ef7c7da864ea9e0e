import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { projectFolder } from '../project-folder.ts';

/** The scripts by file name. */
export function scriptFiles(from = process.cwd()): Record<string, string> {
  const folder = projectFolder('components/redis/scripts', from);
  const names = readdirSync(folder).filter((name) => name.endsWith('.sh'));
  return Object.fromEntries(
    names.sort().map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
  );
}
