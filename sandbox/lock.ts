import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { isSameProcess, processIdentity } from './daemon.ts';
import { SandboxError } from './errors.ts';
import { cacheDir } from './paths.ts';

/**
 * Makes this process the owner of a lock file and returns the function that gives it back. A lock
 * left by a process that no longer runs is taken over.
 */
export function acquire(file: string): () => void {
  mkdirSync(dirname(file), { recursive: true });
  if (existsSync(file)) {
    const owner = readFileSync(file, 'utf8');
    if (isSameProcess(owner)) {
      throw new SandboxError(
        `another "make up" or "make down" is running (pid ${owner.split(' ')[0]}).`,
        'Wait for it to end, or stop it, and try again.',
      );
    }
    rmSync(file, { force: true });
  }
  try {
    writeFileSync(file, processIdentity(process.pid), { flag: 'wx' });
  } catch {
    throw new SandboxError('another "make up" has just started.', 'Wait for it to end.');
  }
  return () => {
    rmSync(file, { force: true });
  };
}

/** Makes this process the only one that changes the sandbox until it ends. */
export function lock(): void {
  process.on('exit', acquire(join(cacheDir, 'lock')));
}
