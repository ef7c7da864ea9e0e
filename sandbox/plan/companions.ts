import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';

export interface Companion {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** Added to the environment of this process; `undefined` takes a variable out of it. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Files that receive what it prints. */
  readonly stdout: string;
  readonly stderr: string;
}

const running = new Set<ChildProcess>();

/**
 * Starts a program that never outlives this process: it is killed at `endCompanions` and, by the
 * kernel, when this process is killed itself.
 */
export function startCompanion({ command, args, cwd, env, stdout, stderr }: Companion) {
  const files = [openSync(stdout, 'w'), openSync(stderr, 'w')] as const;
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', command, ...args], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', ...files],
  });
  files.forEach(closeSync);
  running.add(child);
  child.once('close', () => running.delete(child));
  return child;
}

/** Exit code of a program, or 1 when a signal or a missing file ended it. */
export function exitCode(child: ChildProcess): Promise<number> {
  return new Promise((resolve) => {
    child.once('error', () => {
      resolve(1);
    });
    child.once('close', (code) => {
      resolve(code ?? 1);
    });
  });
}

/** Ends every program that still runs. What they hold is thrown away, so none is asked to save it. */
export function endCompanions(): void {
  for (const child of running) child.kill('SIGKILL');
}
