import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const file = join(import.meta.dirname, '..', 'package.json');

/** The release that runs, from the package beside the sources. */
export function readVersion(): string {
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
