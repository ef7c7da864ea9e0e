import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');

interface Layer {
  readonly name: string;
  readonly command: readonly string[];
  /** Needs the embedded cluster, which is brought up first. */
  readonly cluster?: boolean;
}

const npx = (...args: string[]) => ['npx', '--no-install', ...args];

const layers: readonly Layer[] = [
  { name: 'format', command: npx('prettier', '--check', '--log-level', 'warn', '.') },
  { name: 'lint', command: npx('eslint', '.') },
  { name: 'types', command: npx('tsc', '--noEmit') },
  { name: 'unit', command: npx('jest', 'test/unit') },
  { name: 'golden', command: npx('jest', 'test/golden') },
  { name: 'policy', command: npx('jest', 'test/policy') },
  { name: 'contract', command: npx('jest', 'test/contract') },
  { name: 'app', command: npx('jest', '--runInBand', 'app/test') },
  { name: 'services', command: npx('jest', '--forceExit', '--runInBand', 'test/services') },
  {
    name: 'cluster',
    command: npx('jest', '--forceExit', '--runInBand', 'test/cluster'),
    cluster: true,
  },
];

/** Ends the cluster, so it runs only where that is asked for. */
const teardown: Layer = {
  name: 'teardown',
  command: npx('jest', '--forceExit', '--runInBand', 'test/teardown'),
  cluster: true,
};

const fast = ['format', 'lint', 'types', 'unit', 'golden', 'policy', 'contract'];

const folder = mkdtempSync(join(tmpdir(), 'saas-tests-'));
const totalsFile = join(folder, 'totals');
const failedLayers: string[] = [];

function run(name: string, command: readonly string[]): boolean {
  console.log(`\n== ${name}`);
  const [program = '', ...args] = command;
  const result = spawnSync(program, args, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, TEST_TOTALS: totalsFile },
  });
  if (result.status === 0) return true;
  failedLayers.push(name);
  return false;
}

function sandbox(...args: string[]): readonly string[] {
  return [process.execPath, join(root, 'sandbox', 'main.ts'), ...args];
}

const only = process.argv[2];
const wanted = only === 'check' ? layers.filter(({ name }) => fast.includes(name)) : [...layers];
if (process.env['TEARDOWN'] === '1' && only === undefined) wanted.push(teardown);
// Real programs that app and service tests start are Debian's, or built by the sandbox.
const ready = only === 'check' || run('make up', sandbox('up', '--with-test-packages'));
for (const { name, command, cluster } of wanted) {
  if (cluster === true && !ready) console.log(`\n== ${name}: not run, because "make up" failed`);
  else run(name, command);
}

const sums = [0, 0, 0];
if (existsSync(totalsFile)) {
  for (const line of readFileSync(totalsFile, 'utf8').trim().split('\n')) {
    for (const [index, value] of line.split(' ').entries())
      sums[index] = (sums[index] ?? 0) + Number(value);
  }
}
rmSync(folder, { recursive: true });
// A layer without tests of its own, such as lint, counts as one.
const plain = wanted.filter(({ command }) => !command.includes('jest')).map(({ name }) => name);
const plainFailed = failedLayers.filter(
  (name) => plain.includes(name) || name === 'make up',
).length;
const passed =
  (sums[0] ?? 0) + plain.length - failedLayers.filter((name) => plain.includes(name)).length;
const failed = (sums[1] ?? 0) + plainFailed;
if (failedLayers.length > 0) console.log(`\nfailed: ${failedLayers.join(', ')}`);
const skipped = (sums[2] ?? 0) > 0 ? `, ${sums[2]} skipped` : '';
process.exitCode = failedLayers.length > 0 ? 1 : 0;
console.log(`\n${passed} passed, ${failed} failed${skipped}`);
