import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { run } from '../exec.ts';
import { clusterDir } from '../paths.ts';

/** Kernel settings that pods need; the value before is restored by `restoreHost`. */
const settings: Record<string, string> = {
  'net/ipv4/ip_forward': '1',
  // Packets between two pods cross the bridge only; this shows them to the policy rules.
  'net/bridge/bridge-nf-call-iptables': '1',
  'net/ipv4/conf/all/route_localnet': '0',
  'fs/inotify/max_user_instances': '1024',
};

/** Folders outside the state folder that containerd, runc, CNI and kubelet insist on. */
const foreignDirs = [
  '/run/containerd',
  '/var/lib/cni',
  '/var/lib/kubelet',
  '/var/log/containers',
  '/var/log/pods',
  '/run/netns',
  '/opt/containerd',
];

const before = join(clusterDir, 'host-before.json');

interface Host {
  readonly settings: Record<string, string>;
  readonly dirs: readonly string[];
}

/** Loads modules and sets kernel settings, and remembers what was there before. */
export async function prepareHost(): Promise<void> {
  for (const module of ['overlay', 'br_netfilter', 'nf_conntrack', 'veth']) {
    // Built into some kernels, where there is nothing to load: the check is the setting below.
    await run('modprobe', [module]).catch(() => undefined);
  }
  if (!existsSync(before)) {
    const host: Host = {
      settings: Object.fromEntries(
        Object.keys(settings).map((name) => [
          name,
          readFileSync(`/proc/sys/${name}`, 'utf8').trim(),
        ]),
      ),
      dirs: foreignDirs.filter((dir) => existsSync(dir)),
    };
    mkdirSync(dirname(before), { recursive: true });
    writeFileSync(before, JSON.stringify(host));
  }
  for (const [name, value] of Object.entries(settings)) {
    const current = Number(readFileSync(`/proc/sys/${name}`, 'utf8'));
    // A higher limit than ours is the user's choice.
    if (name.startsWith('fs/') && current >= Number(value)) continue;
    writeFileSync(`/proc/sys/${name}`, value);
  }
}

/** Puts kernel settings back and removes the folders that were not there before. */
export function restoreHost(): void {
  if (!existsSync(before)) return;
  const host = JSON.parse(readFileSync(before, 'utf8')) as Host;
  for (const [name, value] of Object.entries(host.settings))
    writeFileSync(`/proc/sys/${name}`, value);
  for (const dir of foreignDirs) {
    if (!host.dirs.includes(dir)) rmSync(dir, { recursive: true, force: true });
  }
}
