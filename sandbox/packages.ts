import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { SandboxError } from './errors.ts';
import { run } from './exec.ts';
import { logDir } from './paths.ts';
import { task } from './progress.ts';

/** Debian packages and the file by which each is known to be there. */
const packages: Readonly<Record<string, string>> = {
  containerd: '/usr/bin/containerd',
  runc: '/usr/sbin/runc',
  'containernetworking-plugins': '/usr/lib/cni/bridge',
  nftables: '/usr/sbin/nft',
  iptables: '/usr/sbin/iptables',
  ipset: '/usr/sbin/ipset',
  conntrack: '/usr/sbin/conntrack',
  iproute2: '/usr/bin/ip',
  kmod: '/usr/bin/kmod',
  'docker-registry': '/usr/bin/docker-registry',
  mmdebstrap: '/usr/bin/mmdebstrap',
  'debian-archive-keyring': '/usr/share/keyrings/debian-archive-keyring.gpg',
  curl: '/usr/bin/curl',
  jq: '/usr/bin/jq',
};

/** Programs that tests start for themselves on loopback. */
const testPackages: Readonly<Record<string, string>> = {
  postgresql: '/usr/lib/postgresql/15/bin/initdb',
  'redis-server': '/usr/bin/redis-server',
  'redis-tools': '/usr/bin/redis-cli',
  pgbouncer: '/usr/sbin/pgbouncer',
  openssl: '/usr/bin/openssl',
  prometheus: '/usr/bin/promtool',
  'prometheus-alertmanager': '/usr/bin/amtool',
  'prometheus-redis-exporter': '/usr/bin/prometheus-redis-exporter',
};

const policyFile = '/usr/sbin/policy-rc.d';

/** Installs the Debian packages that are missing, without starting the services they bring. */
export async function installPackages(withTests: boolean): Promise<void> {
  const wanted = withTests ? { ...packages, ...testPackages } : packages;
  const missing = Object.entries(wanted)
    .filter(([, file]) => !existsSync(file))
    .map(([name]) => name);
  if (missing.length === 0) return;
  await task(`install Debian packages ${missing.join(' ')}`, async () => {
    // invoke-rc.d asks this file; 101 forbids to start the system's own containerd and registry.
    const ours = !existsSync(policyFile);
    if (ours) writeFileSync(policyFile, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
    try {
      const options = { env: { DEBIAN_FRONTEND: 'noninteractive' }, log: join(logDir, 'apt.log') };
      await run('apt-get', ['update', '-q'], options);
      await run('apt-get', ['install', '-q', '-y', '--no-install-recommends', ...missing], options);
    } catch (cause) {
      throw new SandboxError(
        `Debian packages could not be installed: ${String(cause)}`,
        `Run "apt-get update && apt-get install ${missing.join(' ')}" and look at its answer.`,
      );
    } finally {
      if (ours) rmSync(policyFile);
    }
  });
}
