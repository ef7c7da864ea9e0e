import type { Descriptor, Manifest } from './oci.ts';
import type { Store } from './store.ts';

const FILE = 'image.json';

/** What a finished image leaves in `.cache/images/<name>/image.json`. */
export interface ImageRecord {
  readonly reference: string;
  /** Hash over the recipe and all its inputs. */
  readonly inputs: string;
  readonly manifest: Descriptor;
}

/** The record of an image whose manifest and layers are all there. */
export function finishedImage(store: Store, name: string): ImageRecord | undefined {
  const record = store.readRecord<ImageRecord>(name, FILE);
  if (record === undefined || !store.has(record.manifest)) return undefined;
  const { config, layers } = readManifest(store, record);
  return [config, ...layers].every((blob) => store.has(blob)) ? record : undefined;
}

export function writeImageRecord(store: Store, name: string, record: ImageRecord): void {
  store.writeRecord(record, name, FILE);
}

export function readManifest(store: Store, { manifest }: ImageRecord): Manifest {
  return JSON.parse(store.readBlob(manifest.digest).toString()) as Manifest;
}

/** Digests of everything the image is made of. */
export function imageBlobs(store: Store, record: ImageRecord): string[] {
  const { config, layers } = readManifest(store, record);
  return [record.manifest, config, ...layers].map(({ digest }) => digest);
}
