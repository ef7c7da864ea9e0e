import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { run } from '../exec.ts';
import { clusterDir } from '../paths.ts';

/** Kernel settings that pods need; the value before is restored by `restoreHost`. */
const settings: Record<string, string> = {
  'net/ipv4/ip_forward': '1',
  // Packets between two pods cross the bridge only; this shows them to the policy rules.
  'net/bridge/bridge-nf-call-iptables': '1',
  'net/bridge/bridge-nf-call-ip6tables': '1',
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
  /** Packet filter tables such as `ip filter`. */
  readonly tables: readonly string[];
}

async function tables(): Promise<string[]> {
  const list = await run('nft', ['list', 'tables']);
  return [...list.matchAll(/^table (\S+ \S+)$/gm)].map(([, table]) => table ?? '');
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
      tables: await tables(),
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

/** Puts kernel settings back and removes the folders and tables that were not there before. */
export async function restoreHost(): Promise<void> {
  if (!existsSync(before)) return;
  const host = JSON.parse(readFileSync(before, 'utf8')) as Host;
  for (const [name, value] of Object.entries(host.settings)) {
    writeFileSync(`/proc/sys/${name}`, value);
  }
  for (const dir of foreignDirs) {
    if (!host.dirs.includes(dir)) rmSync(dir, { recursive: true, force: true });
  }
  for (const table of await tables()) {
    if (!host.tables.includes(table) && (await isOurs(table))) {
      await run('nft', ['delete', 'table', ...table.split(' ')]);
    }
  }
}

/** Whether a table holds nothing but chains of Kubernetes, of the enforcer, and empty base chains. */
async function isOurs(table: string): Promise<boolean> {
  if (table.endsWith(' kube-proxy')) return true;
  const content = await run('nft', ['list', 'table', ...table.split(' ')]);
  const rules = content
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^(table|chain|type|})/.test(line) && !line.startsWith('#'));
  const foreign = [...content.matchAll(/chain (\S+) {/g)]
    .map(([, chain]) => chain ?? '')
    .filter(
      (chain) =>
        !/^(KUBE-|SAAS-NETPOL-|INPUT$|OUTPUT$|FORWARD$|PREROUTING$|POSTROUTING$)/.test(chain),
    );
  return (
    foreign.length === 0 &&
    rules.every((rule) => /KUBE-|SAAS-NETPOL-/.test(rule) || content.includes('KUBE-'))
  );
}
