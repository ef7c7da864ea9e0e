import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';

import type { BuildContext } from '../context.ts';
import type { Layer } from '../recipe.ts';
import type { Digested } from '../tar.ts';
import { debianLayerKey, writeDebianLayer } from './debian.ts';
import { filesLayerKey, writeFilesLayer } from './files.ts';
import { modulesLayerKey, writeModulesLayer } from './modules.ts';

/** Raised when the way of writing layers changes, so that older ones are built anew. */
const FORMAT = '1';

/** A hash over everything a layer is made of. Fails when one of its inputs is missing. */
export async function layerKey(context: BuildContext, layer: Layer): Promise<string> {
  const parts = await keyParts(context, layer);
  const sum = createHash('sha256');
  for (const part of [FORMAT, ...parts]) sum.update(`${part.length}:`).update(part);
  return sum.digest('hex');
}

/** The finished layer with this key, if there is one. */
export function finishedLayer({ store }: BuildContext, key: string): Digested | undefined {
  const record = store.readRecord<Digested>('layers', `${key}.json`);
  return record !== undefined && store.has(record) ? record : undefined;
}

const running = new Map<string, Promise<Digested>>();

/** Builds a layer unless it is there. Two callers that need the same layer share one build. */
export function buildLayer(context: BuildContext, layer: Layer, key: string): Promise<Digested> {
  const finished = finishedLayer(context, key);
  if (finished !== undefined) return Promise.resolve(finished);
  const id = `${context.store.dir} ${key}`;
  const build = running.get(id) ?? write(context, layer, key).finally(() => running.delete(id));
  running.set(id, build);
  return build;
}

async function write(context: BuildContext, layer: Layer, key: string): Promise<Digested> {
  const { store } = context;
  const file = store.temporary();
  try {
    const { digest, size } = await writeLayer(context, layer, file);
    store.adopt(file, digest);
    store.writeRecord({ digest, size }, 'layers', `${key}.json`);
    return { digest, size };
  } finally {
    rmSync(file, { force: true });
  }
}

async function keyParts(context: BuildContext, layer: Layer): Promise<string[]> {
  switch (layer.kind) {
    case 'debian':
      return debianLayerKey(layer);
    case 'files':
      return await filesLayerKey(context, layer);
    case 'modules':
      return await modulesLayerKey(context, layer);
  }
}

function writeLayer(context: BuildContext, layer: Layer, target: string): Promise<Digested> {
  switch (layer.kind) {
    case 'debian':
      return writeDebianLayer(context, layer, target);
    case 'files':
      return writeFilesLayer(context, layer, target);
    case 'modules':
      return writeModulesLayer(context, layer, target);
  }
}
