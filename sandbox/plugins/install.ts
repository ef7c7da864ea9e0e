import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { sdkVersion } from './provider/version.ts';

/** The providers that the sandbox stands in for. */
export const PLUGINS = ['random', 'tls', 'aws'] as const;

export interface InstallOptions {
  /** The sandbox's own PULUMI_HOME, never the user's: the official plugins live there. */
  readonly pulumiHome: string;
  /** Absolute path of the project; the installed plugins run its sources. */
  readonly projectDir: string;
  /** Absolute path of the Node 24 binary that runs the plugins. */
  readonly node: string;
}

/**
 * Puts the stand-in plugins where the Pulumi engine looks for them: one folder per exact version of
 * the npm SDK. Safe to repeat; files that are right already are left alone.
 */
export function installPlugins({ pulumiHome, projectDir, node }: InstallOptions): void {
  const cache = join(pulumiHome, 'compile-cache');
  for (const name of PLUGINS) {
    const version = sdkVersion(projectDir, name);
    const folder = join(pulumiHome, 'plugins', `resource-${name}-v${version}`);
    const main = join(projectDir, 'sandbox', 'plugins', name, 'main.ts');
    mkdirSync(folder, { recursive: true });
    write(join(folder, `pulumi-resource-${name}`), wrapper(node, main, cache));
  }
}

/** `exec` keeps one process, so that the engine's signals reach the plugin itself. */
function wrapper(node: string, main: string, cache: string): string {
  return [
    '#!/bin/sh',
    `export NODE_COMPILE_CACHE=${quote(cache)}`,
    // A tracer or debugger meant for the Pulumi program must not start inside the plugin.
    'unset NODE_OPTIONS',
    `exec ${quote(node)} ${quote(main)} "$@"`,
    '',
  ].join('\n');
}

function quote(path: string): string {
  return `'${path.replaceAll("'", `'\\''`)}'`;
}

function write(file: string, content: string): void {
  if (read(file) !== content) writeFileSync(file, content);
  chmodSync(file, 0o755);
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
