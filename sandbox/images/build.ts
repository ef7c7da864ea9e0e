import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { performance } from 'node:perf_hooks';

import { SandboxError } from '../errors.ts';
import type { BuildContext } from './context.ts';
import { Fingerprints } from './fingerprints.ts';
import { buildLayer, finishedLayer, layerKey } from './layers/layer.ts';
import { finishedImage, imageBlobs, writeImageRecord } from './image-record.ts';
import { imageConfig, imageManifest, manifestType } from './oci.ts';
import type { Recipe } from './recipe.ts';
import { recipes as allRecipes } from './recipes/index.ts';
import { Store } from './store.ts';
import type { Digested } from './tar.ts';

export { pushImages } from './push.ts';

export interface BuildOptions {
  /** The `.cache` of the checkout: programs come from its `bin`, results go to its `images`. */
  readonly cacheDir: string;
  /** Root of the checkout. */
  readonly projectDir: string;
  /** Receives one line for each image or layer that was built. */
  readonly log: (line: string) => void;
  /** Short names of the images to build. Default: all. */
  readonly only?: readonly string[];
  /** Default: the images of the embedded cluster. */
  readonly recipes?: readonly Recipe[];
}

/**
 * Builds the images whose inputs changed.
 * @throws SandboxError when a name is unknown, an input is missing or the disk is full
 */
export async function buildImages(options: BuildOptions): Promise<void> {
  const context = prepare(options);
  const chosen = choose(options);
  try {
    // All inputs are looked at first: a missing program shows before minutes are spent.
    const keys: string[][] = [];
    for (const recipe of chosen) {
      keys.push(await named(recipe.name, () => recipeKeys(context, recipe)));
    }
    for (const [index, recipe] of chosen.entries()) {
      const build = () => buildImage(context, recipe, keys[index] ?? [], options.log);
      await named(recipe.name, build);
    }
    if (options.only === undefined) removeReplaced(context, chosen);
  } finally {
    finish(context);
  }
}

/**
 * Builds the layers of Debian packages alone. They need no program of ours, so this can run beside
 * the toolchain; `buildImages` then finds them done.
 */
export async function buildDebianLayers(options: BuildOptions): Promise<void> {
  const context = prepare(options);
  try {
    for (const { name, layers } of choose(options)) {
      for (const layer of layers) {
        if (layer.kind !== 'debian') continue;
        const key = await layerKey(context, layer);
        if (finishedLayer(context, key)) continue;
        const done = stopwatch();
        const { size } = await named(name, () => buildLayer(context, layer, key));
        options.log(`image ${name}: Debian layer of ${megabytes(size)} in ${done()}`);
      }
    }
  } finally {
    finish(context);
  }
}

function prepare({ cacheDir, projectDir }: BuildOptions): BuildContext {
  const store = new Store(cacheDir);
  store.removeLeftovers();
  const packageLists = store.temporary();
  return { projectDir, cacheDir, store, fingerprints: new Fingerprints(store), packageLists };
}

function finish({ fingerprints, packageLists }: BuildContext): void {
  fingerprints.save();
  rmSync(packageLists, { recursive: true, force: true });
}

function choose({ only, recipes = allRecipes }: BuildOptions): readonly Recipe[] {
  const names = recipes.map(({ name }) => name);
  const unknown = only?.find((name) => !names.includes(name));
  if (unknown !== undefined) {
    const fix = `Choose among ${[...names].sort().join(', ')}.`;
    throw new SandboxError(`there is no image "${unknown}".`, fix);
  }
  return only === undefined ? recipes : recipes.filter(({ name }) => only.includes(name));
}

/** Every new version of a program leaves a layer of some 100 MB that no image names any more. */
function removeReplaced({ store }: BuildContext, current: readonly Recipe[]): void {
  const digests = current.flatMap(({ name }) => {
    const record = finishedImage(store, name);
    return record === undefined ? [] : imageBlobs(store, record);
  });
  store.keepOnly(new Set(digests));
}

async function recipeKeys(context: BuildContext, recipe: Recipe): Promise<string[]> {
  const keys: string[] = [];
  for (const layer of recipe.layers) keys.push(await layerKey(context, layer));
  return keys;
}

async function buildImage(
  context: BuildContext,
  recipe: Recipe,
  keys: readonly string[],
  log: (line: string) => void,
): Promise<void> {
  const { store } = context;
  const settings = JSON.stringify({ ...recipe, layers: keys });
  const inputs = createHash('sha256').update(settings).digest('hex');
  if (finishedImage(store, recipe.name)?.inputs === inputs) return;
  const done = stopwatch();
  const layers: Digested[] = [];
  for (const [index, layer] of recipe.layers.entries()) {
    layers.push(await buildLayer(context, layer, keys[index] ?? ''));
  }
  const config = imageConfig(recipe, layers);
  store.putBytes(config);
  const manifest = { mediaType: manifestType, ...store.putBytes(imageManifest(config, layers)) };
  writeImageRecord(store, recipe.name, { reference: recipe.reference, inputs, manifest });
  const sizes = layers.map(({ size }) => megabytes(size)).join(' + ');
  log(`image ${recipe.name}: ${sizes} in ${done()}`);
}

/** Names the image in every failure, and says plainly when the disk is full. */
async function named<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (/ENOSPC|No space left on device/.test(String(cause))) {
      const fix = 'Free some 3 GB on the disk of .cache, and of /tmp where packages are unpacked.';
      throw new SandboxError(`image ${name}: the disk is full.`, fix);
    }
    if (cause instanceof SandboxError) {
      throw new SandboxError(`image ${name}: ${cause.message}`, cause.fix);
    }
    throw new Error(`image ${name}: ${String(cause)}`, { cause });
  }
}

function stopwatch(): () => string {
  const begin = performance.now();
  return () => `${((performance.now() - begin) / 1000).toFixed(1)} s`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
