import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { SandboxError } from '../errors.ts';
import { run } from '../exec.ts';

interface AptSource {
  readonly uri: string;
  readonly suites: readonly string[];
  readonly components: readonly string[];
}

/**
 * `deb` lines for another suite on the mirrors that this machine uses itself.
 * @param suite such as `trixie`
 * @param root folder that stands for `/`
 */
export function debianSources(suite: string, root = '/'): string[] {
  const release = readFileSync(join(root, 'etc/os-release'), 'utf8');
  const own = /^VERSION_CODENAME="?([a-z]+)/m.exec(release)?.[1] ?? '';
  const sources = aptSources(join(root, 'etc/apt'));
  const lines = ['', '-updates', '-security'].flatMap((pocket) => {
    const source = sources.find(
      ({ suites, components }) => suites.includes(own + pocket) && components.includes('main'),
    );
    return source === undefined ? [] : [`deb ${source.uri} ${suite}${pocket} main`];
  });
  if (!/^ID="?debian"?$/m.test(release) || !lines[0]?.includes(` ${suite} `)) {
    throw new SandboxError(
      'no Debian mirror is configured in /etc/apt.',
      'Run the sandbox on Debian with its archive in /etc/apt/sources.list.d.',
    );
  }
  return lines;
}

function aptSources(dir: string): AptSource[] {
  const parts = join(dir, 'sources.list.d');
  const names = existsSync(parts) ? readdirSync(parts).sort() : [];
  const files = [join(dir, 'sources.list'), ...names.map((name) => join(parts, name))];
  return files.filter(existsSync).flatMap((file) => {
    const text = readFileSync(file, 'utf8').replaceAll(/^\s*#.*\n?/gm, '');
    return file.endsWith('.sources') ? deb822(text) : oneLine(text);
  });
}

/** `deb [options] uri suite component…` */
function oneLine(text: string): AptSource[] {
  return text.split('\n').flatMap((line) => {
    const match = /^\s*deb\s+(?:\[[^\]]*\]\s*)?(\S+)\s+(\S+)\s+(.+)$/.exec(line);
    const [, uri, suite, components] = match ?? [];
    if (uri === undefined || suite === undefined || components === undefined) return [];
    return [{ uri, suites: [suite], components: words(components) }];
  });
}

/** Paragraphs of `Field: value`, where indented lines continue a value. */
function deb822(text: string): AptSource[] {
  return text.split(/\n\s*\n/).flatMap((paragraph) => {
    const field = (name: string) => {
      const pattern = new RegExp(`^${name}:(.*(?:\\n[ \\t].*)*)`, 'im');
      return words(pattern.exec(paragraph)?.[1] ?? '');
    };
    if (!field('Types').includes('deb') || field('Enabled').includes('no')) return [];
    const [suites, components] = [field('Suites'), field('Components')];
    return field('URIs').map((uri) => ({ uri, suites, components }));
  });
}

function words(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}

/** Options that give mmdebstrap's own apt the proxies of this machine's apt. */
export async function aptProxyOptions(): Promise<string[]> {
  const settings = await run('apt-config', ['dump', '--format', '%f "%v";%n']);
  return settings
    .split('\n')
    .filter((line) => /^Acquire::https?::Proxy\S* ".+";$/i.test(line))
    .map((line) => `--aptopt=${line}`);
}
