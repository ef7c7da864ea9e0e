import { binDir, nodeBinDir } from '../paths.ts';
import { pulumiEnvironment } from '../pulumi.ts';
import { embedded, ofContext } from '../target.ts';

/** Prints export lines for a POSIX shell; PATH is extended rather than fixed. */
export function printEnvironment(context: string | undefined): void {
  const target = context === undefined ? embedded : ofContext(context);
  console.log(`export PATH='${binDir}:${nodeBinDir}':"$PATH"`);
  for (const [name, value] of Object.entries(pulumiEnvironment(target))) {
    if (name === 'PATH') continue;
    console.log(`export ${name}='${value.replaceAll("'", `'\\''`)}'`);
  }
}
