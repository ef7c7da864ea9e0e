import { afterAll, expect, test } from '@jest/globals';

import { runningPid } from '../../sandbox/daemon.ts';
import { call, ok, outputs, shell, waitFor } from './support.ts';

const up = `${process.execPath} sandbox/main.ts up`;

afterAll(async () => {
  await shell(up, 300);
}, 300_000);

test('`make up` on a running platform changes nothing', async () => {
  const began = Date.now();
  const output = await ok('make up', 120);
  console.log(`make up when all runs: ${((Date.now() - began) / 1000).toFixed(1)} s`);
  expect(output).toMatch(/\d+ unchanged/);
  expect(output).not.toMatch(/\d+ (created|updated|deleted|replaced)/);
}, 130_000);

test('two at the same time: the second one is refused with the reason', async () => {
  const first = shell(up, 120);
  await waitFor('the first run', 20, async () => {
    const { code } = await shell('test -f .cache/lock');
    return code === 0 ? undefined : 'it holds no lock yet';
  });
  const second = await shell(up, 60);
  expect(second.code).toBe(1);
  expect(second.stderr).toMatch(/^error: another "make up" or "make down" is running \(pid \d+\)/);
  expect((await first).code).toBe(0);
}, 180_000);

test('a killed control plane is brought back by `make up`, and the app answers as before', async () => {
  for (const name of ['kube-apiserver', 'etcd', 'kube-controller-manager', 'kube-scheduler']) {
    const pid = runningPid(name);
    if (pid !== undefined) process.kill(pid, 'SIGKILL');
  }
  const broken = await shell('make -s status');
  expect(broken.code).not.toBe(0);
  expect(broken.stdout).toMatch(/kube-apiserver +NOT RUNNING/);
  const { url } = (await outputs()) as { url: string };
  // The data path does not need the control plane.
  expect((await call(`${url}/health`)).status).toBe(200);
  await ok(up, 300);
  expect((await shell('make -s status')).code).toBe(0);
  expect((await call(`${url}/health`)).status).toBe(200);
}, 400_000);
