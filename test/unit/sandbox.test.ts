import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, expect, test } from '@jest/globals';

import { isSameProcess, processIdentity } from '../../sandbox/daemon.ts';
import { SandboxError } from '../../sandbox/errors.ts';
import { endCommands, run } from '../../sandbox/exec.ts';
import { acquire } from '../../sandbox/lock.ts';
import { needs, problems, takenPorts, type Machine } from '../../sandbox/preflight.ts';
import { stepIn } from '../../sandbox/step.ts';
import { waitFor } from '../../sandbox/wait.ts';

const folder = mkdtempSync(join(tmpdir(), 'sandbox-test-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const good: Machine = {
  uid: 0,
  memory: needs.memory,
  freeDisk: needs.disk,
  usedByCache: 0,
  commands: new Set(['go', 'apt-get']),
  kernelFeatures: new Set(['overlay', 'br_netfilter', 'nf_tables', 'nfnetlink_queue', 'cgroups']),
};
const messages = (machine: Partial<Machine>) =>
  problems({ ...good, ...machine }).map(({ message, fix }) => `${message} ${fix}`);

test('a machine that meets every need has no problem', () => {
  expect(messages({})).toEqual([]);
});

test('too little memory is said with the figure and the need', () => {
  expect(messages({ memory: 4 * 2 ** 30 })).toEqual([
    '4.0 GiB of memory; 8 GiB are needed. Give the machine more memory.',
  ]);
});

test('too little disk is said before anything is built, and builds already there count as room', () => {
  const freeDisk = 10 * 2 ** 30;
  expect(messages({ freeDisk })[0]).toMatch(
    /^10\.0 GiB free on the disk of .*; 25 GiB are needed\./,
  );
  expect(messages({ freeDisk, usedByCache: 16 * 2 ** 30 })).toEqual([]);
});

test('every reason is shown at once, each with its fix', () => {
  expect(
    messages({ uid: 1000, commands: new Set(['apt-get']), kernelFeatures: new Set() }),
  ).toEqual([
    'not running as root. Run "sudo make up".',
    'the command "go" is missing. Install Go 1.26 or later.',
    ...['overlay', 'br_netfilter', 'nf_tables', 'nfnetlink_queue', 'cgroups'].map(
      (name) => `the kernel lacks "${name}". Run "modprobe ${name}", or use a kernel that has it.`,
    ),
  ]);
});

test('a port that another program holds is named together with its owner', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const found = await takenPorts([{ port, host: '127.0.0.1', daemon: 'test-daemon' }]);
  server.close();
  expect(found.map(({ message }) => message)).toEqual([
    expect.stringMatching(
      new RegExp(
        `^port ${port} on 127.0.0.1, which test-daemon needs, is taken( by .+ \\(pid \\d+\\))?\\.$`,
      ),
    ),
  ]);
  expect(await takenPorts([{ port, host: '127.0.0.1', daemon: 'test-daemon' }])).toEqual([]);
});

test('a step runs once, again when an input changes, and again when its output is gone', async () => {
  const output = join(folder, 'output');
  let runs = 0;
  const once = (input: string) =>
    stepIn(folder, { name: 'a step', inputs: [input], outputs: [output] }, () => {
      runs++;
      writeFileSync(output, input);
      return Promise.resolve();
    });
  await once('one');
  await once('one');
  expect(runs).toBe(1);
  await once('two');
  expect(runs).toBe(2);
  rmSync(output);
  await once('two');
  expect(runs).toBe(3);
});

test('a step that failed half-way is not taken for done', async () => {
  const output = join(folder, 'half');
  const args = { name: 'half', inputs: ['x'], outputs: [output] };
  const failing = stepIn(folder, args, () => {
    writeFileSync(output, 'half of it');
    return Promise.reject(new Error('killed'));
  });
  await expect(failing).rejects.toThrow('killed');
  let ran = false;
  await stepIn(folder, args, () => {
    ran = true;
    return Promise.resolve();
  });
  expect(ran).toBe(true);
});

test('a second run at the same time is refused, and says which process is at work', () => {
  const file = join(folder, 'lock');
  const release = acquire(file);
  expect(() => acquire(file)).toThrow(
    new SandboxError(
      `another "make up" or "make down" is running (pid ${process.pid}).`,
      'Wait for it to end, or stop it, and try again.',
    ),
  );
  release();
  acquire(file)();
  expect(existsSync(file)).toBe(false);
});

test('a lock left behind by a killed run does not block the next one', async () => {
  const file = join(folder, 'stale-lock');
  const child = spawn('sleep', ['60']);
  writeFileSync(file, processIdentity(child.pid ?? 0));
  expect(() => acquire(file)).toThrow('is running');
  child.kill('SIGKILL');
  await new Promise((resolve) => child.once('exit', resolve));
  acquire(file)();
});

test('a pid that was given to another process is not mistaken for the daemon', () => {
  const identity = processIdentity(process.pid);
  expect(isSameProcess(identity)).toBe(true);
  const [pid, , boot] = identity.split(' ');
  expect(isSameProcess(`${pid} 1 ${boot}`)).toBe(false);
  expect(isSameProcess(identity.replace(/\S+$/, 'another-boot'))).toBe(false);
});

test('a failing command is reported with its last lines and the log that holds the rest', async () => {
  const log = join(folder, 'command.log');
  await expect(run('sh', ['-c', 'echo before; echo boom >&2; exit 3'], { log })).rejects.toThrow(
    /exit code 3 \(log: .*command\.log\)\n(.*\n)*boom/,
  );
  expect(readFileSync(log, 'utf8')).toContain('before');
});

test('a failure ends the builds beside it instead of waiting for them', async () => {
  const beside = run('sleep', ['60']);
  endCommands();
  await expect(beside).rejects.toThrow('sleep 60: signal SIGINT');
});

test('a wait ends at its deadline and says what was missing', async () => {
  await expect(
    waitFor('the thing', 0.05, () => Promise.resolve('2 of 3 parts'), 10),
  ).rejects.toThrow('the thing is not ready after 0.05 s: 2 of 3 parts');
});
