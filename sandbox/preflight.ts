import { existsSync, mkdirSync, readFileSync, statfsSync } from 'node:fs';
import { createServer } from 'node:net';
import { totalmem } from 'node:os';
import { delimiter, join } from 'node:path';

import { addresses, ports } from './addresses.ts';
import { runningPid } from './daemon.ts';
import { SandboxError } from './errors.ts';
import { run } from './exec.ts';
import { cacheDir } from './paths.ts';

const gib = 2 ** 30;

/** What the machine must offer; the figures are the measured need with some room. */
export const needs = { memory: 8 * gib, disk: 25 * gib } as const;

/** The machine as the checks see it; tests hand in their own. */
export interface Machine {
  readonly uid: number;
  readonly memory: number;
  readonly freeDisk: number;
  /** Bytes that the sandbox already holds on that disk. */
  readonly usedByCache: number;
  readonly commands: ReadonlySet<string>;
  readonly kernelFeatures: ReadonlySet<string>;
}

const commands = ['go', 'apt-get'];
const kernelFeatures = ['overlay', 'br_netfilter', 'nf_tables', 'nfnetlink_queue', 'cgroups'];

/** Every reason why the machine cannot carry the sandbox, each with its fix. */
export function problems(machine: Machine): SandboxError[] {
  const found: SandboxError[] = [];
  const need = (ok: boolean, problem: string, fix: string) => {
    if (!ok) found.push(new SandboxError(problem, fix));
  };
  need(machine.uid === 0, 'not running as root.', 'Run "sudo make up".');
  const memory = (machine.memory / gib).toFixed(1);
  need(
    // A machine sold as 8 GiB reports a little less.
    machine.memory >= needs.memory * 0.95,
    `${memory} GiB of memory; 8 GiB are needed.`,
    'Give the machine more memory.',
  );
  const room = machine.freeDisk + machine.usedByCache;
  need(
    room >= needs.disk,
    `${(machine.freeDisk / gib).toFixed(1)} GiB free on the disk of ${cacheDir}; 25 GiB are needed.`,
    'Free some space, or clone the repository to a larger disk.',
  );
  for (const command of commands) {
    need(
      machine.commands.has(command),
      `the command "${command}" is missing.`,
      command === 'go' ? 'Install Go 1.26 or later.' : 'The sandbox needs Debian 12.',
    );
  }
  for (const feature of kernelFeatures) {
    need(
      machine.kernelFeatures.has(feature),
      `the kernel lacks "${feature}".`,
      `Run "modprobe ${feature}", or use a kernel that has it.`,
    );
  }
  return found;
}

function commandExists(name: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((dir) => existsSync(join(dir, name)));
}

async function detectFeatures(): Promise<Set<string>> {
  const probes: Record<string, () => boolean> = {
    overlay: () => readFileSync('/proc/filesystems', 'utf8').includes('overlay'),
    br_netfilter: () => existsSync('/proc/sys/net/bridge'),
    nf_tables: () => existsSync('/proc/net/netfilter') || existsSync('/sys/module/nf_tables'),
    nfnetlink_queue: () => existsSync('/proc/net/netfilter/nfnetlink_queue'),
    cgroups: () => existsSync('/sys/fs/cgroup/memory') || existsSync('/sys/fs/cgroup/cgroup.procs'),
  };
  const features = new Set<string>();
  for (const [name, probe] of Object.entries(probes)) {
    if (!probe()) await run('modprobe', [name]).catch(() => undefined);
    if (probe()) features.add(name);
  }
  return features;
}

async function thisMachine(): Promise<Machine> {
  mkdirSync(cacheDir, { recursive: true });
  const disk = statfsSync(cacheDir);
  const used = await run('du', ['-s', '-B1', '-x', cacheDir]).catch(() => '0');
  return {
    uid: process.getuid?.() ?? -1,
    memory: totalmem(),
    freeDisk: disk.bavail * disk.bsize,
    usedByCache: Number(used.split('\t')[0]),
    commands: new Set(commands.filter(commandExists)),
    kernelFeatures: await detectFeatures(),
  };
}

/** Listeners of the sandbox: port, address, and the daemon that may hold it already. */
const listeners = [
  { port: ports.apiServer, host: addresses.node, daemon: 'kube-apiserver' },
  { port: ports.kubelet, host: addresses.node, daemon: 'kubelet' },
  { port: ports.etcd, host: '127.0.0.1', daemon: 'etcd' },
  { port: ports.etcdPeer, host: '127.0.0.1', daemon: 'etcd' },
  { port: ports.registry, host: '127.0.0.1', daemon: 'registry' },
  { port: ports.controllerManager, host: '127.0.0.1', daemon: 'kube-controller-manager' },
  { port: ports.scheduler, host: '127.0.0.1', daemon: 'kube-scheduler' },
  { port: ports.kubeletHealth, host: '127.0.0.1', daemon: 'kubelet' },
  { port: ports.proxyMetrics, host: '127.0.0.1', daemon: 'kube-proxy' },
  { port: ports.proxyHealth, host: '127.0.0.1', daemon: 'kube-proxy' },
  { port: ports.networkPolicies, host: '127.0.0.1', daemon: 'network-policies' },
  { port: ports.edgeHttps, host: '127.0.0.1', daemon: 'edge' },
  { port: ports.edgeHttp, host: '127.0.0.1', daemon: 'edge' },
] as const;

/** Whether somebody listens on the address already. */
function isTaken(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      // EADDRNOTAVAIL: the bridge does not exist yet, so nobody can listen on its address.
      resolve(error.code === 'EADDRINUSE');
    });
    server.listen(port, host, () => {
      server.close(() => {
        resolve(false);
      });
    });
  });
}

/** The ports that a foreign process holds. */
export async function takenPorts(
  wanted: readonly { port: number; host: string; daemon: string }[] = listeners,
): Promise<SandboxError[]> {
  const found: SandboxError[] = [];
  for (const { port, host, daemon } of wanted) {
    if (runningPid(daemon) !== undefined || !(await isTaken(host, port))) continue;
    const owner = await portOwner(port);
    found.push(
      new SandboxError(
        `port ${port} on ${host}, which ${daemon} needs, is taken${owner}.`,
        'Stop that program and run "make up" again.',
      ),
    );
  }
  return found;
}

async function portOwner(port: number): Promise<string> {
  const sockets = await run('ss', ['-Hltnp', `sport = :${port}`]).catch(() => '');
  const owner = /\("([^"]+)",pid=(\d+)/.exec(sockets);
  return owner === null ? '' : ` by ${owner[1]} (pid ${owner[2]})`;
}

/** Fails with every reason at once when the machine cannot carry the sandbox. */
export async function preflight(use: { readonly withCluster: boolean }): Promise<void> {
  const ports = use.withCluster ? await takenPorts() : [];
  const found = [...problems(await thisMachine()), ...ports];
  if (found.length === 0) return;
  const lines = found.map((error) => `${error.message} ${error.fix}`);
  throw new SandboxError(`this machine cannot run the sandbox:\n  ${lines.join('\n  ')}`, '');
}
