import { createHash } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';

import type { Store } from './store.ts';

const RECORD = 'fingerprints.json';

/**
 * Content hashes of input files. A file whose size, times and inode are as they were is not read
 * again, so that an unchanged image of 300 MB is recognised in a millisecond.
 */
export class Fingerprints {
  readonly #store: Store;
  readonly #known: Record<string, { readonly stamp: string; readonly hash: string }>;
  #changed = false;

  constructor(store: Store) {
    this.#store = store;
    this.#known = store.readRecord(RECORD) ?? {};
  }

  async of(file: string): Promise<string> {
    const { size, mtimeNs, ctimeNs, ino } = statSync(file, { bigint: true });
    const stamp = [size, mtimeNs, ctimeNs, ino].join(' ');
    const known = this.#known[file];
    if (known?.stamp === stamp) return known.hash;
    const sum = createHash('sha256');
    for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) {
      sum.update(chunk as Buffer);
    }
    const hash = sum.digest('hex');
    this.#known[file] = { stamp, hash };
    this.#changed = true;
    return hash;
  }

  save(): void {
    if (this.#changed) this.#store.writeRecord(this.#known, RECORD);
    this.#changed = false;
  }
}
