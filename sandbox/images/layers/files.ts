import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { SandboxError } from '../../errors.ts';
import { run } from '../../exec.ts';
import type { BuildContext } from '../context.ts';
import type { FilesLayer, Source } from '../recipe.ts';
import { type Digested, type TarEntry, writeTar } from '../tar.ts';

/** A file of the image before its bytes are needed. */
interface Planned {
  readonly entry: Omit<TarEntry, 'content'>;
  readonly from?: Source | { readonly file: string };
}

/** Every path with its attributes and the hash of its bytes. */
export async function filesLayerKey(context: BuildContext, layer: FilesLayer): Promise<string[]> {
  const key = ['files'];
  for (const { entry, from } of plan(context, layer)) {
    key.push(JSON.stringify({ ...entry, capability: entry.capability?.toString('hex') }));
    if (from !== undefined) key.push(await contentKey(context, from));
  }
  return key;
}

export async function writeFilesLayer(
  context: BuildContext,
  layer: FilesLayer,
  target: string,
): Promise<Digested> {
  const compiled: string[] = [];
  try {
    const entries: TarEntry[] = [];
    for (const { entry, from } of plan(context, layer)) {
      if (from === undefined) {
        entries.push(entry);
      } else if ('text' in from) {
        entries.push({ ...entry, content: Buffer.from(from.text) });
      } else {
        const file = 'go' in from ? await compile(context, from.go) : locate(context, from);
        if ('go' in from) compiled.push(file);
        entries.push({ ...entry, content: { file, size: statSync(file).size } });
      }
    }
    return await writeTar(target, entries);
  } finally {
    for (const file of compiled) rmSync(file, { force: true });
  }
}

// VFS_CAP_REVISION_2 with the effective bit, CAP_NET_BIND_SERVICE permitted, nothing inheritable.
const netBindService = Buffer.from('0100000200040000000000000000000000000000', 'hex');

function plan(context: BuildContext, layer: FilesLayer): Planned[] {
  return layer.entries.flatMap((entry): Planned[] => {
    const [uid = 0, gid = 0] = (entry.owner ?? '0:0').split(':').map(Number);
    const base = { path: entry.path.replace(/^\//, ''), uid, gid };
    switch (entry.kind) {
      case 'file': {
        const capability = entry.bindsLowPorts === true ? { capability: netBindService } : {};
        const mode = entry.mode ?? ('program' in entry.from || 'go' in entry.from ? 0o755 : 0o644);
        return [{ entry: { ...base, kind: 'file', mode, ...capability }, from: entry.from }];
      }
      case 'directory':
        return [{ entry: { ...base, kind: 'directory', mode: entry.mode ?? 0o755 } }];
      case 'link':
        return [{ entry: { ...base, kind: 'link', mode: 0o777, target: entry.target } }];
      case 'tree':
        return treeFiles(join(context.projectDir, entry.from), entry.except).map((path) => ({
          entry: { ...base, path: `${base.path}/${path}`, kind: 'file', mode: 0o644 },
          from: { file: join(context.projectDir, entry.from, path) },
        }));
    }
  });
}

function treeFiles(folder: string, except: RegExp, below = ''): string[] {
  return readdirSync(join(folder, below), { withFileTypes: true }).flatMap((child) => {
    const path = below === '' ? child.name : `${below}/${child.name}`;
    if (except.test(path)) return [];
    if (child.isDirectory()) return treeFiles(folder, except, path);
    return child.isFile() ? [path] : [];
  });
}

async function contentKey(context: BuildContext, from: Source | { file: string }): Promise<string> {
  if ('text' in from) return from.text;
  const file = 'go' in from ? join(context.projectDir, from.go) : locate(context, from);
  return await context.fingerprints.of(file);
}

type Located = Exclude<Source, { text: string } | { go: string }> | { readonly file: string };

function locate({ cacheDir, projectDir }: BuildContext, from: Located): string {
  if ('file' in from) return from.file;
  const path =
    'program' in from ? join(cacheDir, 'bin', from.program) : join(projectDir, from.project);
  if (existsSync(path)) return path;
  if ('program' in from) {
    const fix = `The step "build ${from.program}" of "make up" builds it.`;
    throw new SandboxError(`the program .cache/bin/${from.program} is missing.`, fix);
  }
  const fix = from.project.startsWith('node_modules/') ? 'Run "npm ci".' : 'Is the checkout whole?';
  throw new SandboxError(`the file ${from.project} is missing.`, fix);
}

async function compile({ projectDir, store }: BuildContext, source: string): Promise<string> {
  const target = store.temporary();
  const args = ['build', '-trimpath', '-ldflags', '-s -w -buildid=', '-o', target, source];
  const env = { CGO_ENABLED: '0', GOFLAGS: '-buildvcs=false', GO111MODULE: 'off' };
  await run('go', args, { cwd: projectDir, env });
  return target;
}
