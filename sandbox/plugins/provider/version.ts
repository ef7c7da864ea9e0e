import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The exact version of the npm SDK, which is the one version of the plugin the engine accepts. */
export function sdkVersion(projectDir: string, name: string): string {
  const file = join(projectDir, 'node_modules', '@pulumi', name, 'package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
