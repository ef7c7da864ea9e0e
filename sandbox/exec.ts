import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

export interface RunOptions {
  readonly cwd?: string;
  /** Added to the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** File that receives stdout and stderr; the last lines are quoted when the command fails. */
  readonly log?: string;
  /** Written to standard input. */
  readonly input?: string;
  /** Deadline in seconds; then the command is ended and the call fails. Default: 3600. */
  readonly timeout?: number;
  /** Give the command the terminal instead of capturing its output. */
  readonly inherit?: boolean;
}

const running = new Set<ChildProcess>();

/** Ends every command that still runs, so that one failure does not wait for work beside it. */
export function endCommands(): void {
  for (const child of running) child.kill('SIGINT');
}

/** Runs a command to its end and returns its stdout. Fails with the command's last lines. */
export function run(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: options.inherit ? ['ignore', 'inherit', 'inherit'] : 'pipe',
      timeout: (options.timeout ?? 3600) * 1000,
    });
    running.add(child);
    if (options.log !== undefined) mkdirSync(dirname(options.log), { recursive: true });
    const log = options.log === undefined ? undefined : openSync(options.log, 'w');
    let stdout = '';
    let tail = '';
    const collect = (chunk: Buffer) => {
      tail = (tail + chunk.toString()).slice(-4000);
      if (log !== undefined) writeSync(log, chunk);
    };
    child.stdout?.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
      collect(chunk);
    });
    child.stderr?.on('data', collect);
    child.stdin?.on('error', () => undefined); // the command ended before it read its input
    child.stdin?.end(options.input ?? '');
    child.on('error', (cause) => {
      reject(new Error(`${command}: ${cause.message}`, { cause }));
    });
    child.on('close', (code, signal) => {
      running.delete(child);
      if (log !== undefined) closeSync(log);
      if (code === 0) {
        resolve(stdout);
        return;
      }
      const ending = signal === null ? `exit code ${code}` : `signal ${signal}`;
      const where = options.log === undefined ? '' : ` (log: ${options.log})`;
      const lines = tail.trimEnd().split('\n').slice(-12).join('\n');
      reject(new Error(`${command} ${args.slice(0, 3).join(' ')}: ${ending}${where}\n${lines}`));
    });
  });
}
