import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { SandboxError } from './errors.ts';
import { run } from './exec.ts';

export interface FetchOptions {
  /** `operators.lock.json`: module, version, files and their SHA-256 per operator. */
  readonly lockFile: string;
  /** Folder that receives `<operator>/<file>`. */
  readonly outDir: string;
  /** The go command. */
  readonly go: string;
  /** Folder of the Go module whose `cmd/render-chart` prints what a Helm chart installs. */
  readonly renderer: string;
  /** Receives one line per operator that was fetched. */
  readonly log: (line: string) => void;
}

interface LockEntry {
  readonly module: string;
  readonly moduleVersion: string;
  readonly namespace?: string;
  readonly files: readonly LockedFile[];
}

interface LockedFile {
  readonly path: string;
  readonly sha256: string;
  /** Makes `path` the folder of a Helm chart, rendered with these values. */
  readonly values?: object;
}

/**
 * Puts the manifests of every operator in place, out of Go modules that the Go checksum database
 * vouches for. Files that are already right are left alone, so a second call needs no network.
 */
export async function fetchManifests(options: FetchOptions): Promise<void> {
  const text = await readFile(options.lockFile, 'utf8');
  const lock = JSON.parse(text) as Readonly<Record<string, LockEntry>>;
  for (const [operator, entry] of Object.entries(lock)) {
    const folder = join(options.outDir, operator);
    if (await isComplete(folder, entry)) continue;
    const source = await download(operator, entry, options);
    const contents = await Promise.all(
      entry.files.map((file) => readChecked(operator, source, entry, file, options)),
    );
    await mkdir(folder, { recursive: true });
    await Promise.all(contents.map(({ name, bytes }) => writeWhole(join(folder, name), bytes)));
    options.log(`manifests of ${operator} from ${entry.module}@${entry.moduleVersion}`);
  }
}

async function isComplete(folder: string, { files }: LockEntry): Promise<boolean> {
  const right = await Promise.all(
    files.map(async (file) => {
      const bytes = await readFile(join(folder, targetName(file))).catch(() => undefined);
      return bytes !== undefined && digest(bytes) === file.sha256;
    }),
  );
  return right.every(Boolean);
}

/** Folder of the module in the module cache. */
async function download(
  operator: string,
  { module, moduleVersion }: LockEntry,
  { go, outDir }: FetchOptions,
): Promise<string> {
  await mkdir(outDir, { recursive: true });
  const query = `${module}@${moduleVersion}`;
  try {
    const stdout = await run(go, ['mod', 'download', '-json', query], {
      // Outside any module of ours, and never without the checksum database.
      cwd: outDir,
      env: { GOWORK: 'off', GONOSUMDB: '', GOPRIVATE: '', ...checksumDatabase() },
      timeout: 600,
    });
    return (JSON.parse(stdout) as { Dir: string }).Dir;
  } catch (cause) {
    throw new SandboxError(
      `${operator}: the Go module ${query} cannot be had: ${reason(cause)}`,
      'Check the network and GOPROXY, then try again.',
    );
  }
}

function checksumDatabase(): Record<string, string> {
  return process.env['GOSUMDB'] === 'off' ? { GOSUMDB: 'sum.golang.org' } : {};
}

/** `go mod download -json` explains itself in the field `Error`. */
function reason(cause: unknown): string {
  const text = cause instanceof Error ? cause.message : String(cause);
  const explained = /"Error": (".*")/.exec(text)?.[1];
  const line = explained === undefined ? text : (JSON.parse(explained) as string);
  return line.split('\n').join(' ');
}

async function readChecked(
  operator: string,
  source: string,
  entry: LockEntry,
  file: LockedFile,
  options: FetchOptions,
): Promise<{ name: string; bytes: Buffer }> {
  const { path, sha256, values } = file;
  const bytes =
    values === undefined
      ? await readFile(join(source, path)).catch(() => undefined)
      : await render(operator, join(source, path), entry, values, options);
  const actual = bytes === undefined ? 'no such file' : digest(bytes);
  if (bytes !== undefined && actual === sha256) return { name: targetName(file), bytes };
  throw new SandboxError(
    `${operator}: ${path}: expected SHA-256 ${sha256}, got ${actual}.`,
    'Correct operators.lock.json, or find out who changed the module.',
  );
}

/** Name of the file in the folder of its operator; a chart becomes one file. */
function targetName({ path, values }: LockedFile): string {
  return values === undefined ? basename(path) : `${basename(path)}.yaml`;
}

/** What the chart installs as the release named after the operator, in upstream's namespace. */
async function render(
  operator: string,
  chart: string,
  { namespace = 'default' }: LockEntry,
  values: object,
  { go, renderer }: FetchOptions,
): Promise<Buffer> {
  const args = ['run', '-trimpath', './cmd/render-chart', chart, operator, namespace];
  try {
    const stdout = await run(go, args, {
      cwd: renderer,
      // The flags of the toolchain's other builds, so that they share what is compiled.
      env: { CGO_ENABLED: '0', GOFLAGS: '-mod=readonly -buildvcs=false', GOWORK: 'off' },
      input: JSON.stringify(values),
      timeout: 900,
    });
    return Buffer.from(stdout);
  } catch (cause) {
    throw new SandboxError(
      `${operator}: the chart ${basename(chart)} cannot be rendered: ${reason(cause)}`,
      'Correct its values in operators.lock.json.',
    );
  }
}

/** By rename, so that an interrupted run never leaves half a file. */
async function writeWhole(file: string, bytes: Buffer): Promise<void> {
  await writeFile(`${file}.part`, bytes);
  await rename(`${file}.part`, file);
}

function digest(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
