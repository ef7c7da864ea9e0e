import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Where a folder of the project lies. It is looked for from the working directory upwards, because
 * Pulumi runs the program in the folder of its entry file and tests run in the project's root.
 */
export function projectFolder(folder: string, from = process.cwd()): string {
  const found = join(from, folder);
  if (existsSync(found)) return found;
  if (dirname(from) === from) throw new Error(`${folder} is not above the working directory.`);
  return projectFolder(folder, dirname(from));
}
