import { createHash } from 'node:crypto';

import type { Recipe } from './recipe.ts';
import type { Digested } from './tar.ts';

export interface Descriptor extends Digested {
  readonly mediaType: string;
}

export interface Manifest {
  readonly schemaVersion: 2;
  readonly mediaType: string;
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
}

export const manifestType = 'application/vnd.oci.image.manifest.v1+json';
const configType = 'application/vnd.oci.image.config.v1+json';
// Not compressed: the registry is on this machine, so compressing costs more than it saves.
const layerType = 'application/vnd.oci.image.layer.v1.tar';

const defaultPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** The image's configuration; the same recipe and layers always give the same bytes. */
export function imageConfig(recipe: Recipe, layers: readonly Digested[]): Buffer {
  const env = { PATH: defaultPath, ...recipe.env };
  const run = {
    User: recipe.user,
    Env: Object.entries(env).map(([name, value]) => `${name}=${value}`),
    Entrypoint: recipe.entrypoint,
    Cmd: recipe.command,
    WorkingDir: recipe.workingDir ?? '/',
    ExposedPorts: recipe.ports && Object.fromEntries(recipe.ports.map((port) => [port, {}])),
  };
  const config = {
    created: '1970-01-01T00:00:00Z',
    architecture: 'amd64',
    os: 'linux',
    config: run,
    rootfs: { type: 'layers', diff_ids: layers.map(({ digest }) => digest) },
  };
  return Buffer.from(JSON.stringify(config));
}

/** The manifest that binds a configuration to its layers. */
export function imageManifest(config: Buffer, layers: readonly Digested[]): Buffer {
  const manifest: Manifest = {
    schemaVersion: 2,
    mediaType: manifestType,
    config: { mediaType: configType, ...digestOf(config) },
    layers: layers.map(({ digest, size }) => ({ mediaType: layerType, digest, size })),
  };
  return Buffer.from(JSON.stringify(manifest));
}

export function digestOf(bytes: Buffer): Digested {
  const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  return { digest, size: bytes.length };
}

export interface Reference {
  /** Path in the registry, without the host: one mirror answers for all hosts. */
  readonly repository: string;
  readonly tag: string;
}

/** Takes `host/path:tag` apart. */
export function parseReference(reference: string): Reference {
  const match = /^[^/]+\/(?<repository>[^:@]+):(?<tag>[^:@/]+)$/.exec(reference);
  const { repository, tag } = match?.groups ?? {};
  if (repository === undefined || tag === undefined) {
    throw new Error(`"${reference}" is not of the form host/path:tag`);
  }
  return { repository, tag };
}
