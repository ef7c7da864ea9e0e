import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

/** One member of a layer. Times are left out: every member gets the epoch. */
export interface TarEntry {
  /** Path without leading slash. */
  readonly path: string;
  readonly kind: 'file' | 'directory' | 'link';
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Of a file: its bytes, or the file that has them and its size. */
  readonly content?: Buffer | { readonly file: string; readonly size: number };
  /** Of a link. */
  readonly target?: string;
  /** Value of the attribute `security.capability`. */
  readonly capability?: Buffer;
}

export interface Digested {
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
}

const BLOCK = 512;
const types = { file: '0', directory: '5', link: '2' } as const;

/** Writes a tar with sorted members, so that the same members always give the same digest. */
export async function writeTar(file: string, entries: readonly TarEntry[]): Promise<Digested> {
  const handle = await open(file, 'wx');
  try {
    const output = new HashedFile(handle);
    for (const entry of [...entries].sort(byPath)) {
      const size = sizeOf(entry);
      await output.write(headers(entry, size));
      if (Buffer.isBuffer(entry.content)) await output.write(entry.content);
      else if (entry.content !== undefined) await copy(entry.content, output);
      await output.write(Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK));
    }
    await output.write(Buffer.alloc(2 * BLOCK));
    return output.finish();
  } finally {
    await handle.close();
  }
}

function byPath(left: TarEntry, right: TarEntry): number {
  return left.path < right.path ? -1 : left.path > right.path ? 1 : 0;
}

function sizeOf({ content }: TarEntry): number {
  if (content === undefined) return 0;
  return Buffer.isBuffer(content) ? content.length : content.size;
}

async function copy(from: { file: string; size: number }, output: HashedFile): Promise<void> {
  const before = output.size;
  for await (const chunk of createReadStream(from.file, { highWaterMark: 1 << 20 })) {
    await output.write(chunk as Buffer);
  }
  // A member longer or shorter than its header shifts all that follow.
  if (output.size - before !== from.size) throw new Error(`${from.file} changed while it was read`);
}

class HashedFile {
  size = 0;
  readonly #handle: FileHandle;
  readonly #hash: Hash = createHash('sha256');

  constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  async write(bytes: Buffer): Promise<void> {
    this.#hash.update(bytes);
    this.size += bytes.length;
    await this.#handle.writeFile(bytes);
  }

  finish(): Digested {
    return { digest: `sha256:${this.#hash.digest('hex')}`, size: this.size };
  }
}

/** The member's header, after an extended one for what does not fit into it. */
function headers(entry: TarEntry, size: number): Buffer {
  const extended: Buffer[] = [];
  if (Buffer.byteLength(entry.path) > 99) extended.push(record('path', Buffer.from(entry.path)));
  if (Buffer.byteLength(entry.target ?? '') > 99) {
    extended.push(record('linkpath', Buffer.from(entry.target ?? '')));
  }
  if (entry.capability) {
    extended.push(record('SCHILY.xattr.security.capability', entry.capability));
  }
  const plain = header(entry.path, types[entry.kind], entry, size);
  if (extended.length === 0) return plain;
  const body = Buffer.concat(extended);
  const padding = Buffer.alloc((BLOCK - (body.length % BLOCK)) % BLOCK);
  return Buffer.concat([header('PaxHeader', 'x', entry, body.length), body, padding, plain]);
}

/** `<length> <key>=<value>\n`, where the length counts its own digits. */
function record(key: string, value: Buffer): Buffer {
  const rest = Buffer.concat([Buffer.from(` ${key}=`), value, Buffer.from('\n')]);
  let length = rest.length + 1;
  while (String(length).length + rest.length !== length) {
    length = String(length).length + rest.length;
  }
  return Buffer.concat([Buffer.from(String(length)), rest]);
}

function header(path: string, type: string, entry: TarEntry, size: number): Buffer {
  const block = Buffer.alloc(BLOCK);
  const name = entry.kind === 'directory' && type !== 'x' ? `${path}/` : path;
  const octal = (value: number, at: number, width: number) =>
    block.write(value.toString(8).padStart(width - 1, '0'), at);
  block.write(name.slice(0, 100), 0);
  octal(entry.mode, 100, 8);
  octal(entry.uid, 108, 8);
  octal(entry.gid, 116, 8);
  octal(size, 124, 12);
  octal(0, 136, 12);
  block.fill(' ', 148, 156);
  block.write(type, 156);
  if (type !== 'x') block.write((entry.target ?? '').slice(0, 100), 157);
  block.write('ustar\u000000', 257);
  octal(
    block.reduce((sum, byte) => sum + byte, 0),
    148,
    7,
  );
  block[154] = 0;
  return block;
}
