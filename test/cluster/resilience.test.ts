import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, expect, test } from '@jest/globals';

import { daemonNames, runningPid } from '../../sandbox/daemon.ts';
import { killPods, removeNetwork, unmount } from '../../sandbox/leftovers.ts';
import { binDir, cacheDir } from '../../sandbox/paths.ts';
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

test('after a reboot `make up` brings everything back, with all that was stored', async () => {
  const tenants =
    "psql -U postgres -d saas_platform -Atc 'select count(*), max(created_at) from control.tenants'";
  const query = `kubectl exec -n saas-data postgres-1 -c postgres -- ${tenants}`;
  const before = await ok(query);
  // What a machine loses: processes, interfaces, packet filter rules, mounts. The disk stays.
  for (const name of daemonNames()) {
    const pid = runningPid(name);
    if (pid !== undefined) process.kill(pid, 'SIGKILL');
  }
  await killPods();
  await unmount();
  await removeNetwork();
  await ok('nft flush ruleset');
  await ok(up, 600);
  expect((await shell('make -s status')).code).toBe(0);
  await waitFor('the database', 180, async () => {
    const { code, stderr } = await shell(query);
    return code === 0 ? undefined : stderr;
  });
  expect(await ok(query)).toBe(before);
  const { url } = (await outputs()) as { url: string };
  await waitFor('the application', 180, async () => {
    const status = await call(`${url}/ready`).then(
      (answer) => answer.status,
      (error: unknown) => String(error),
    );
    return status === 200 ? undefined : `it answers ${status}`;
  });
}, 900_000);

test('a build that was killed half-way is finished by the next one', async () => {
  const program = join(binDir, 'versitygw');
  rmSync(program);
  const killed = await shell('timeout -s KILL 3 node sandbox/main.ts build', 60);
  expect(killed.code).not.toBe(0);
  expect(existsSync(program)).toBe(false);
  await ok('node sandbox/main.ts build', 600);
  expect(existsSync(program)).toBe(true);
  expect(existsSync(join(cacheDir, 'lock'))).toBe(false);
}, 700_000);
