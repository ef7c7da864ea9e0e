import { binDir, nodeBinDir } from '../paths.ts';
import { pulumiEnvironment } from '../pulumi.ts';

/** Prints export lines for a POSIX shell; PATH is extended rather than fixed. */
export function printEnvironment(): void {
  const { PATH: _, ...variables } = pulumiEnvironment();
  console.log(`export PATH='${binDir}:${nodeBinDir}':"$PATH"`);
  for (const [name, value] of Object.entries(variables)) {
    console.log(`export ${name}='${value.replaceAll("'", `'\\''`)}'`);
  }
}
