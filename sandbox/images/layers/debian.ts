import { createHash } from 'node:crypto';
import { closeSync, createReadStream, existsSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { spawn } from 'node:child_process';

import { SandboxError } from '../../errors.ts';
import { run } from '../../exec.ts';
import { aptProxyOptions, debianSources } from '../apt.ts';
import type { BuildContext } from '../context.ts';
import type { DebianLayer } from '../recipe.ts';
import type { Digested } from '../tar.ts';

const SUITE = 'trixie';

/** Nobody reads a manual in a container, and without configuration nothing here needs Perl. */
const slim = `
rm -rf usr/share/doc usr/share/man usr/share/info usr/share/locale usr/share/i18n \\
  usr/share/lintian usr/share/bug usr/share/bash-completion usr/share/perl usr/share/perl5 \\
  usr/lib/*/perl usr/lib/*/perl-base usr/lib/*/libperl* usr/lib/*/perl5 usr/bin/perl* \\
  usr/lib/*/gconv usr/lib/systemd usr/share/debconf
`;

/** What mmdebstrap itself leaves in the tree; the device nodes come from the runtime. */
const leftovers = ['/dev/*', '/etc/apt/*', '/etc/hostname', '/etc/resolv.conf', '/var/*/apt/*'];

/** Everything the layer is made of, except the state of the archive at the time of the build. */
export function debianLayerKey(layer: DebianLayer): string[] {
  return ['debian', SUITE, ...[...layer.packages].sort(), slim, layer.prepare ?? '', ...leftovers];
}

/**
 * Unpacks packages and their dependencies, without running their maintainer scripts: they would
 * need an init system, accounts and Perl, and the recipes set up what a program really needs.
 */
export async function writeDebianLayer(
  { store, packageLists }: BuildContext,
  layer: DebianLayer,
  target: string,
): Promise<Digested> {
  const tree = store.temporary();
  const sources = store.temporary();
  try {
    writeFileSync(sources, debianSources(SUITE).join('\n') + '\n');
    const script = `set -eu; cd "$1"; ${slim}${layer.prepare ?? ''}`;
    const known = existsSync(packageLists);
    // Reading the lists of the archive takes longer than most layers, so they are read once.
    const lists = known
      ? [`--setup-hook=cp -rT '${packageLists}' "$1/var/lib/apt/lists"`, '--skip=update']
      : [`--extract-hook=cp -rT "$1/var/lib/apt/lists" '${packageLists}'`];
    const args = [
      '--variant=extract',
      '--format=tar',
      `--include=${[...layer.packages].sort().join(',')}`,
      ...lists,
      `--extract-hook=${script}`,
      ...(await aptProxyOptions()),
      SUITE,
      tree,
      sources,
    ];
    // SOURCE_DATE_EPOCH makes the tar a function of its contents.
    await run('mmdebstrap', args, { env: { SOURCE_DATE_EPOCH: '0', LC_ALL: 'C.UTF-8' } });
    return await withoutLeftovers(tree, target);
  } catch (cause) {
    throw explain(cause);
  } finally {
    rmSync(tree, { force: true });
    rmSync(sources, { force: true });
  }
}

function explain(cause: unknown): unknown {
  const message = String(cause);
  if (message.includes('ENOENT')) {
    const fix = 'Run "apt-get install mmdebstrap debian-archive-keyring".';
    return new SandboxError('the Debian package mmdebstrap is not installed.', fix);
  }
  if (/NO_PUBKEY|not signed|EXPKEYSIG/.test(message)) {
    const fix = 'Run "apt-get install --only-upgrade debian-archive-keyring".';
    return new SandboxError(`the key of Debian ${SUITE} is unknown to this machine.`, fix);
  }
  return cause;
}

/** Copies the tar without the members that belong to the machine it was made on. */
async function withoutLeftovers(source: string, target: string): Promise<Digested> {
  const input = openSync(source, 'r');
  const output = openSync(target, 'wx');
  try {
    const args = leftovers.map((path) => `--path-exclude=${path}`);
    const child = spawn('mmtarfilter', args, { stdio: [input, output, 'inherit'] });
    const code = await new Promise((resolve, reject) => {
      child.on('error', reject).on('close', resolve);
    });
    if (code !== 0) throw new Error(`mmtarfilter: exit code ${String(code)}`);
  } finally {
    closeSync(input);
    closeSync(output);
  }
  const sum = createHash('sha256');
  let size = 0;
  for await (const chunk of createReadStream(target, { highWaterMark: 1 << 20 })) {
    sum.update(chunk as Buffer);
    size += (chunk as Buffer).length;
  }
  return { digest: `sha256:${sum.digest('hex')}`, size };
}
