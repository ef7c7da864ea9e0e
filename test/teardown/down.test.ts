import { existsSync, readdirSync, readFileSync } from 'node:fs';

import { expect, test } from '@jest/globals';

import { ok, shell } from '../cluster/support.ts';

const sandbox = `${process.execPath} sandbox/main.ts`;

/** Everything that a cluster leaves on a machine, by kind. */
async function traces(): Promise<Record<string, string[]>> {
  const lines = (text: string) => text.split('\n').filter((line) => line !== '');
  const settings = ['net/ipv4/ip_forward', 'net/bridge/bridge-nf-call-iptables'];
  const folders = ['/run/containerd', '/var/lib/cni', '/var/lib/kubelet', '/var/log/containers'];
  return {
    processes: lines(await ok('ps -eo pid=,comm=,args='))
      .filter((line) => line.includes('.cache/') && !line.includes('sandbox/main.ts'))
      .filter((line) => !/ (ps|bash|sh|make|jest|node) /.test(line)),
    mounts: lines(readFileSync('/proc/mounts', 'utf8')).filter((line) => line.includes('/.cache/')),
    interfaces: readdirSync('/sys/class/net').sort(),
    tables: lines(await ok('nft list tables')),
    cgroups: lines(await ok('find /sys/fs/cgroup -maxdepth 2 -name kubepods')),
    settings: settings.map((name) => readFileSync(`/proc/sys/${name}`, 'utf8').trim()),
    folders: folders.filter((folder) => existsSync(folder)),
    state: readdirSync('.cache').filter((name) => ['cluster', 'logs', 'lock'].includes(name)),
  };
}

test('`make down` leaves no process, mount, interface, packet filter table or file behind', async () => {
  await ok('make -s down', 120);
  const before = await traces();
  await ok(`${sandbox} up --cluster-only`, 300);
  expect((await traces())['interfaces']).toContain('saas0');
  await ok('make -s down', 120);
  expect(await traces()).toEqual(before);
  expect(before).toMatchObject({ processes: [], mounts: [], cgroups: [], state: [] });
}, 600_000);

test('`make down` twice is no mistake, and `make status` says how to go on', async () => {
  expect((await shell('make -s down')).code).toBe(0);
  expect((await shell('make -s status')).stdout).toContain('"make up" starts it.');
}, 60_000);
