import { existsSync, readdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { addresses } from './addresses.ts';
import { stopControlPlane } from './cluster/control-plane.ts';
import { restoreHost } from './cluster/host.ts';
import { containerdSocket, stopNode } from './cluster/node.ts';
import { daemonNames, stopDaemon } from './daemon.ts';
import { run } from './exec.ts';
import { binDir, clusterDir, logDir, pulumiStateDir } from './paths.ts';
import { task } from './progress.ts';
import { removeSalt } from './pulumi.ts';

/** Processes whose command line names the cluster's folder: shims, and what they forgot to end. */
function shims(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => {
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
        return command.includes('containerd-shim') && command.includes(containerdSocket);
      } catch {
        return false;
      }
    })
    .map(Number);
}

/** Every process of a shim's containers, found by its parents. */
function descendants(roots: readonly number[]): number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
      children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
    } catch {
      // The process ended while we looked.
    }
  }
  const found: number[] = [];
  const visit = (pid: number) => {
    for (const child of children.get(pid) ?? []) {
      found.push(child);
      visit(child);
    }
  };
  roots.forEach(visit);
  return found;
}

async function killPods(): Promise<void> {
  const roots = shims();
  for (const pid of [...descendants(roots), ...roots]) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // Gone already: a container's processes end with its first one.
    }
  }
  for (let i = 0; shims().length > 0 && i < 100; i++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Undoes the mounts below the cluster's folder, the deepest first. */
async function unmount(): Promise<void> {
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[4])
    .filter((path) => path?.startsWith(`${clusterDir}/`) === true)
    .reverse();
  for (const path of mounts) {
    if (path !== undefined) await run('umount', ['-l', path]).catch(() => undefined);
  }
}

function removeCgroups(dir: string): void {
  if (!existsSync(dir)) return;
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    if (entry.isDirectory()) removeCgroups(join(dir, entry.name));
  }
  try {
    rmdirSync(dir);
  } catch {
    // Still busy: the kernel frees it with its last process.
  }
}

async function removeNetwork(): Promise<void> {
  const enforcer = join(binDir, 'network-policies');
  if (existsSync(enforcer))
    await run(enforcer, ['--cleanup'], { timeout: 30 }).catch(() => undefined);
  if (existsSync(`/sys/class/net/${addresses.bridge}`)) {
    await run('ip', ['link', 'delete', addresses.bridge]);
  }
}

/** Ends the cluster and removes everything `up` made, but the builds. Safe to repeat. */
export async function down(): Promise<void> {
  if (!existsSync(clusterDir)) return;
  await task('stop the cluster', async () => {
    // First, because a state that outlives its cluster would make the next `up` change nothing.
    rmSync(pulumiStateDir, { recursive: true, force: true });
    removeSalt();
    await stopNode();
    await killPods();
    await stopDaemon('containerd');
    await stopControlPlane();
    for (const name of daemonNames()) await stopDaemon(name);
    await unmount();
    await removeNetwork();
    for (const controller of ['', ...readdirSync('/sys/fs/cgroup')]) {
      removeCgroups(join('/sys/fs/cgroup', controller, 'kubepods'));
    }
    await restoreHost();
    rmSync(clusterDir, { recursive: true, force: true });
    rmSync(logDir, { recursive: true, force: true });
  });
}
