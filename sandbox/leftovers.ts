import { existsSync, readdirSync, readFileSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';

import { addresses } from './addresses.ts';
import { containerdSocket } from './cluster/node.ts';
import { run } from './exec.ts';
import { binDir, clusterDir } from './paths.ts';

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

/** Ends every process of every pod. */
export async function killPods(): Promise<void> {
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
export async function unmount(): Promise<void> {
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[4])
    .filter((path) => path?.startsWith(`${clusterDir}/`) === true)
    .reverse();
  for (const path of mounts) {
    if (path !== undefined) await run('umount', ['-l', path]).catch(() => undefined);
  }
}

/** Removes a control group and all below it that hold no process. */
export function removeCgroups(dir: string): void {
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

/** Removes packet filter tables and the bridge, and with it the pods' interfaces. */
export async function removeNetwork(): Promise<void> {
  const enforcer = join(binDir, 'network-policies');
  if (existsSync(enforcer))
    await run(enforcer, ['--cleanup'], { timeout: 30 }).catch(() => undefined);
  if (existsSync(`/sys/class/net/${addresses.bridge}`)) {
    await run('ip', ['link', 'delete', addresses.bridge]);
  }
}
