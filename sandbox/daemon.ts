import { spawn } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

import { clusterDir, logDir } from './paths.ts';

const pidDir = join(clusterDir, 'pids');

export interface Daemon {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Start time of a process in clock ticks since boot, which tells a reused pid from the old one. */
function startTime(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // A zombie has ended; only its parent has not looked yet.
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

function bootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
}

/** Names a process so that a later one with the same pid is told apart, across reboots too. */
export function processIdentity(pid: number): string {
  return `${pid} ${startTime(pid) ?? ''} ${bootId()}`;
}

/** Whether the process named by `processIdentity` still runs. */
export function isSameProcess(identity: string): boolean {
  const pid = Number(identity.split(' ')[0]);
  return startTime(pid) !== undefined && processIdentity(pid) === identity;
}

/** Pid of the daemon if it still runs, else undefined. */
export function runningPid(name: string): number | undefined {
  const file = join(pidDir, name);
  if (!existsSync(file)) return undefined;
  const identity = readFileSync(file, 'utf8');
  return isSameProcess(identity) ? Number(identity.split(' ')[0]) : undefined;
}

/** Names of all daemons that were started and not stopped, whether they run or not. */
export function daemonNames(): string[] {
  if (!existsSync(pidDir)) return [];
  return readdirSync(pidDir).filter((name) => !name.endsWith('.command'));
}

/** Path of the daemon's log. */
export function logFile(name: string): string {
  return join(logDir, `${name}.log`);
}

/**
 * Starts the daemon unless it runs already with the same command line; a changed command line
 * replaces it. Returns whether it was started now.
 */
export async function ensureDaemon(daemon: Daemon): Promise<boolean> {
  const commandFile = join(pidDir, `${daemon.name}.command`);
  const command = JSON.stringify([daemon.command, ...daemon.args]);
  if (runningPid(daemon.name) !== undefined) {
    if (existsSync(commandFile) && readFileSync(commandFile, 'utf8') === command) return false;
    await stopDaemon(daemon.name);
  }
  mkdirSync(pidDir, { recursive: true });
  mkdirSync(dirname(logFile(daemon.name)), { recursive: true });
  const log = openSync(logFile(daemon.name), 'a');
  const child = spawn(daemon.command, daemon.args, {
    detached: true,
    stdio: ['ignore', log, log],
    env: { ...process.env, ...daemon.env },
    cwd: clusterDir,
  });
  closeSync(log);
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', reject);
  });
  child.unref();
  writeFileSync(join(pidDir, daemon.name), processIdentity(child.pid ?? 0));
  writeFileSync(commandFile, command);
  return true;
}

/** Last lines of a daemon's log, for an error message. */
export function lastLines(name: string, count = 5): string {
  if (!existsSync(logFile(name))) return '(no log)';
  return readFileSync(logFile(name), 'utf8').trimEnd().split('\n').slice(-count).join('\n');
}

/** Ends the daemon with SIGTERM, after `seconds` with SIGKILL. Does nothing when it is not running. */
export async function stopDaemon(name: string, seconds = 10): Promise<void> {
  const pid = runningPid(name);
  if (pid !== undefined) {
    process.kill(pid, 'SIGTERM');
    const deadline = Date.now() + seconds * 1000;
    while (runningPid(name) !== undefined) {
      if (Date.now() > deadline) process.kill(pid, 'SIGKILL');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  rmSync(join(pidDir, name), { force: true });
  rmSync(join(pidDir, `${name}.command`), { force: true });
}
