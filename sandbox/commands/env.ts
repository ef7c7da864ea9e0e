import { binDir, nodeBinDir } from '../paths.ts';
import { pulumiEnvironment } from '../pulumi.ts';

/** Prints export lines for a POSIX shell; PATH is extended rather than fixed. */
export function printEnvironment(): void {
  console.log(`export PATH='${binDir}:${nodeBinDir}':"$PATH"`);
  for (const [name, value] of Object.entries(pulumiEnvironment())) {
    if (name === 'PATH') continue;
    console.log(`export ${name}='${value.replaceAll("'", `'\\''`)}'`);
  }
}
