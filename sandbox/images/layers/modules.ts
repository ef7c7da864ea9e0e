import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

import { run } from '../../exec.ts';
import type { BuildContext } from '../context.ts';
import type { ModulesLayer } from '../recipe.ts';
import { type Digested, type TarEntry, writeTar } from '../tar.ts';

/** Only compilers and editors read these. */
const unused = /\.(d\.[cm]?ts|map|md)$/;

/** The lock file and the manifests of all workspaces decide what npm installs. */
export async function modulesLayerKey(
  context: BuildContext,
  { workspace }: ModulesLayer,
): Promise<string[]> {
  const key = ['modules', workspace, unused.source];
  for (const file of manifests(context.projectDir)) {
    key.push(file, await context.fingerprints.of(join(context.projectDir, file)));
  }
  return key;
}

/** Installs into a temporary copy, because the checkout's own `node_modules` has the tools too. */
export async function writeModulesLayer(
  { projectDir, store }: BuildContext,
  { workspace }: ModulesLayer,
  target: string,
): Promise<Digested> {
  const copy = store.temporary();
  try {
    for (const file of manifests(projectDir)) {
      mkdirSync(join(copy, dirname(file)), { recursive: true });
      cpSync(join(projectDir, file), join(copy, file));
    }
    const flags = ['--ignore-scripts', '--omit=dev', '--prefer-offline', '--no-audit', '--no-fund'];
    await run('npm', ['ci', ...flags, '--workspace', workspace], { cwd: copy });
    const nested = join(workspace, 'node_modules');
    return await writeTar(target, [...members(copy, 'node_modules'), ...members(copy, nested)]);
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

function manifests(projectDir: string): string[] {
  const text = readFileSync(join(projectDir, 'package.json'), 'utf8');
  const { workspaces = [] } = JSON.parse(text) as { workspaces?: string[] };
  const all = workspaces.map((folder) => `${folder}/package.json`);
  return ['package.json', 'package-lock.json', ...all].filter((file) =>
    existsSync(join(projectDir, file)),
  );
}

/** Files below a folder. Links lead to workspaces and to command lines: neither is in the image. */
function members(root: string, folder: string): TarEntry[] {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((child): TarEntry[] => {
    const path = `${folder}/${child.name}`;
    if (child.isDirectory()) return members(root, path);
    if (!child.isFile() || unused.test(child.name) || child.name === '.package-lock.json')
      return [];
    const file = join(root, path);
    const { size, mode } = statSync(file);
    const owner = { uid: 0, gid: 0, mode: mode & 0o100 ? 0o755 : 0o644 };
    return [{ path, kind: 'file', ...owner, content: { file, size } }];
  });
}
