import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Options {
  readonly env?: Readonly<Record<string, string>>;
  /** Default: the folder of the tests' own process. */
  readonly cwd?: string;
  /** Runs as this user; the database servers refuse root. */
  readonly as?: { readonly uid: number; readonly gid: number } | undefined;
}

/** A server or a command that a test started, and that a test stops by its own process id. */
export class Process {
  static readonly #running = new Set<Process>();
  readonly #child: ChildProcess;
  readonly #name: string;
  readonly exited: Promise<number | null>;
  output = '';

  constructor(command: string, args: readonly string[], options: Options = {}) {
    this.#name = command;
    this.#child = spawn(command, args, {
      env: { PATH: process.env['PATH'], LC_ALL: 'C.UTF-8', ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
      cwd: options.cwd,
      ...options.as,
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    }
    this.exited = new Promise((resolve) => {
      this.#child.once('error', (error) => {
        this.output += String(error);
        resolve(null);
      });
      // `close`, not `exit`: only then has all output been read.
      this.#child.once('close', (code) => resolve(code));
    });
    Process.#running.add(this);
    void this.exited.then(() => Process.#running.delete(this));
  }

  /** Ends what failed cases have left running. */
  static async stopAll(): Promise<void> {
    await Promise.all([...Process.#running].map((process) => process.stop('SIGKILL')));
  }

  /** The exit code of a process that should end by itself; fails when it does not. */
  async ended(seconds = 60): Promise<number | null> {
    const timer = setTimeout(() => {
      this.output += `\nstill running after ${seconds} s`;
      this.signal('SIGKILL');
    }, seconds * 1_000);
    const code = await this.exited;
    clearTimeout(timer);
    return code;
  }

  /** Waits until `probe` succeeds; fails with the output when the process ends or time runs out. */
  async ready(probe: () => Promise<unknown>, seconds = 90): Promise<void> {
    const deadline = Date.now() + seconds * 1_000;
    let ended = false;
    void this.exited.then(() => (ended = true));
    for (;;) {
      try {
        await probe();
        return;
      } catch (error) {
        if (ended || Date.now() > deadline) {
          throw new Error(`${this.#name} is not ready:\n${this.output}`, { cause: error });
        }
        await sleep(50);
      }
    }
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Ends the process and waits for it; returns its exit code. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    this.signal('SIGCONT');
    this.signal(signal);
    const timer = setTimeout(() => this.signal('SIGKILL'), 15_000);
    const code = await this.exited;
    clearTimeout(timer);
    return code;
  }
}

/** Runs a command to its end and returns its output; throws when it fails. */
export async function run(
  command: string,
  args: readonly string[],
  options?: Options,
): Promise<string> {
  const process = new Process(command, args, options);
  const code = await process.exited;
  if (code !== 0) throw new Error(`${command} ${args.join(' ')}: ${code}\n${process.output}`);
  return process.output;
}

/** A loopback port that is free; with `bus` the one 10000 above it is free as well. */
export async function freePort(bus = false): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 10_000);
    if ((await isFree(port)) && (!bus || (await isFree(port + 10_000)))) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/** Tries `check` until it passes; fails with its last error. */
export async function eventually(check: () => Promise<void>, seconds = 15): Promise<void> {
  const deadline = Date.now() + seconds * 1_000;
  for (;;) {
    try {
      await check();
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await sleep(100);
    }
  }
}
