import { readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { SandboxError } from '../errors.ts';
import { finishedImage, type ImageRecord, readManifest } from './image-record.ts';
import { parseReference } from './oci.ts';
import type { Recipe } from './recipe.ts';
import { recipes as allRecipes } from './recipes/index.ts';
import { Registry } from './registry.ts';
import { Store } from './store.ts';

export interface PushOptions {
  /** The `.cache` of the checkout. */
  readonly cacheDir: string;
  /** Base address of the local registry, such as `http://127.0.0.1:5000`. */
  readonly registryUrl: string;
  /** Receives one line for each image that was sent. */
  readonly log: (line: string) => void;
  /** Default: the images of the embedded cluster. */
  readonly recipes?: readonly Recipe[];
}

/** `name:tag` → digest of the manifest. */
export type ImageLock = Readonly<Record<string, string>>;

/**
 * Sends every built image to the local registry, under its upstream path without the host, and
 * records the digests in `.cache/images.lock.json`. What the registry has is not sent again.
 * @throws SandboxError when no image is built or the registry does not answer
 */
export async function pushImages(options: PushOptions): Promise<ImageLock> {
  const store = new Store(options.cacheDir);
  const registry = new Registry(options.registryUrl);
  const lock: Record<string, string> = {};
  try {
    for (const { name } of options.recipes ?? allRecipes) {
      const record = finishedImage(store, name);
      if (record === undefined) continue;
      const sent = await pushImage(store, registry, record);
      if (sent !== undefined) options.log(`image ${name}: ${(sent / 1e6).toFixed(1)} MB pushed`);
      lock[record.reference] = record.manifest.digest;
    }
  } finally {
    registry.close();
  }
  if (Object.keys(lock).length === 0) {
    throw new SandboxError('there is no image to push.', 'Build the images first: "make up".');
  }
  const sorted = Object.fromEntries(Object.entries(lock).sort(([a], [b]) => (a < b ? -1 : 1)));
  writeLock(join(options.cacheDir, 'images.lock.json'), sorted);
  return sorted;
}

/** Returns the number of bytes sent, or undefined if the registry had the image. */
async function pushImage(
  store: Store,
  registry: Registry,
  record: ImageRecord,
): Promise<number | undefined> {
  const { repository, tag } = parseReference(record.reference);
  const { manifest } = record;
  if ((await registry.taggedDigest(repository, tag)) === manifest.digest) return undefined;
  const { config, layers } = readManifest(store, record);
  let sent = 0;
  for (const blob of [...layers, config]) {
    const file = store.blobPath(blob.digest);
    if (await registry.pushBlob(repository, blob, file)) sent += blob.size;
  }
  // Last: a tag must never name a manifest whose layers are not there.
  await registry.pushManifest(repository, tag, manifest, store.readBlob(manifest.digest));
  return sent;
}

/** Leaves an unchanged file alone, because others watch its time. */
function writeLock(file: string, lock: ImageLock): void {
  const text = `${JSON.stringify(lock, null, 2)}\n`;
  const before = statSync(file, { throwIfNoEntry: false }) ? readFileSync(file, 'utf8') : '';
  if (before === text) return;
  writeFileSync(`${file}.new`, text);
  renameSync(`${file}.new`, file);
}
