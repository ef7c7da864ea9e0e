import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

import { digestOf } from './oci.ts';
import type { Digested } from './tar.ts';

let counter = 0;

/**
 * Blobs and records below `.cache/images`. A thing is there whole or not at all: it is written
 * under a temporary name and renamed, and a record is written after the blobs that it names.
 */
export class Store {
  readonly dir: string;

  constructor(cacheDir: string) {
    this.dir = join(cacheDir, 'images');
  }

  /** A new path on the same file system, so that a rename is one step. */
  temporary(): string {
    const folder = join(this.dir, 'tmp');
    mkdirSync(folder, { recursive: true });
    counter += 1;
    return join(folder, `${process.pid}-${counter}`);
  }

  /** Removes what builds left behind that were interrupted. */
  removeLeftovers(): void {
    const folder = join(this.dir, 'tmp');
    if (!existsSync(folder)) return;
    for (const name of readdirSync(folder)) {
      if (!isAlive(Number.parseInt(name, 10))) rmSync(join(folder, name), { recursive: true });
    }
  }

  blobPath(digest: string): string {
    return join(this.dir, 'blobs', digest.replace(':', '-'));
  }

  readBlob(digest: string): Buffer {
    return readFileSync(this.blobPath(digest));
  }

  has({ digest, size }: Digested): boolean {
    return statSync(this.blobPath(digest), { throwIfNoEntry: false })?.size === size;
  }

  /** Moves a finished temporary file to its place. */
  adopt(file: string, digest: string): void {
    const target = this.blobPath(digest);
    mkdirSync(dirname(target), { recursive: true });
    renameSync(file, target);
  }

  putBytes(bytes: Buffer): Digested {
    const described = digestOf(bytes);
    const file = this.temporary();
    writeFileSync(file, bytes);
    this.adopt(file, described.digest);
    return described;
  }

  /** Removes all blobs but these, and the records of layers that are gone with them. */
  keepOnly(digests: ReadonlySet<string>): void {
    const kept = new Set([...digests].map((digest) => this.blobPath(digest)));
    const blobs = join(this.dir, 'blobs');
    for (const name of readdirSync(blobs)) {
      if (!kept.has(join(blobs, name))) rmSync(join(blobs, name));
    }
    for (const name of readdirSync(join(this.dir, 'layers'))) {
      const record = this.readRecord<Digested>('layers', name);
      if (record !== undefined && !digests.has(record.digest)) {
        rmSync(join(this.dir, 'layers', name));
      }
    }
  }

  /** The record, or undefined if there is none. */
  readRecord<T>(...path: string[]): T | undefined {
    const file = join(this.dir, ...path);
    return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as T) : undefined;
  }

  writeRecord(value: unknown, ...path: string[]): void {
    const target = join(this.dir, ...path);
    const file = this.temporary();
    writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`);
    mkdirSync(dirname(target), { recursive: true });
    renameSync(file, target);
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === 'EPERM';
  }
}
