import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const FOLDER = 'components/redis/scripts';

/**
 * The scripts by file name. They are looked for from the working directory upwards, because Pulumi
 * runs the program in the folder of its entry file and tests run in the project's root.
 */
export function scriptFiles(from = process.cwd()): Record<string, string> {
  const folder = join(from, FOLDER);
  if (existsSync(folder)) {
    const names = readdirSync(folder).filter((name) => name.endsWith('.sh'));
    return Object.fromEntries(
      names.sort().map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
    );
  }
  if (dirname(from) === from) throw new Error(`${FOLDER} is not above the working directory.`);
  return scriptFiles(dirname(from));
}
