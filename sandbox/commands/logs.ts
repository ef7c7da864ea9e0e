import { existsSync, readdirSync } from 'node:fs';

import { logFile } from '../daemon.ts';
import { SandboxError } from '../errors.ts';
import { run } from '../exec.ts';
import { logDir } from '../paths.ts';

/** Follows the log of a program until interrupted; without a name, lists the names. */
export async function showLogs(name: string | undefined): Promise<void> {
  const names = existsSync(logDir)
    ? readdirSync(logDir)
        .filter((file) => file.endsWith('.log'))
        .map((file) => file.slice(0, -'.log'.length))
    : [];
  if (name === undefined) {
    console.log(names.join('\n'));
    return;
  }
  if (!names.includes(name)) {
    throw new SandboxError(`there is no log "${name}".`, `There are: ${names.join(', ')}.`);
  }
  await run('tail', ['-n', '200', '-f', logFile(name)], { inherit: true, timeout: 24 * 3600 });
}
