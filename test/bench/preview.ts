/**
 * What the platform adds to a preview: an empty program, the stack `local`, and the same with the
 * policy pack, in turns within one run. Needs the running platform (`make up`).
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { cacheDir, projectDir } from '../../sandbox/paths.ts';
import { pulumiEnvironment } from '../../sandbox/pulumi.ts';

const ROUNDS = 5;
const empty = join(cacheDir, 'bench');
const state = { PULUMI_BACKEND_URL: `file://${join(empty, 'state')}` };

function pulumi(cwd: string, args: string[], env: Record<string, string> = {}): number {
  const began = performance.now();
  const { status, stdout, stderr } = spawnSync('pulumi', [...args, '--non-interactive'], {
    cwd,
    env: { ...process.env, ...pulumiEnvironment(), ...env },
    encoding: 'utf8',
    timeout: 300_000,
  });
  if (status !== 0) throw new Error(`pulumi ${args.join(' ')}\n${stdout}${stderr}`);
  return (performance.now() - began) / 1000;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}

rmSync(empty, { recursive: true, force: true });
mkdirSync(join(empty, 'state'), { recursive: true });
writeFileSync(
  join(empty, 'Pulumi.yaml'),
  'name: empty\nruntime: {name: nodejs, options: {typescript: false}}\nmain: index.ts\n',
);
writeFileSync(join(empty, 'index.ts'), "import '@pulumi/pulumi';\n");
pulumi(empty, ['stack', 'init', 'empty', '--secrets-provider', 'passphrase'], state);

const pack = join(projectDir, 'policies', 'index.ts');
const preview = (stack: string) => ['preview', '--stack', stack];
const runs = {
  'empty program': () => pulumi(empty, preview('empty'), state),
  'stack local': () => pulumi(projectDir, preview('local')),
  'stack local with the policy pack': () =>
    pulumi(projectDir, [...preview('local'), '--policy-pack', pack]),
};
const seconds = new Map(Object.keys(runs).map((name) => [name, [] as number[]]));
for (let round = 1; round <= ROUNDS; round += 1) {
  console.error(`round ${round} of ${ROUNDS}`);
  for (const [name, run] of Object.entries(runs)) seconds.get(name)?.push(run());
}
rmSync(empty, { recursive: true });

const floor = median(seconds.get('empty program') ?? []);
console.log(`${'preview'.padEnd(36)}median s   min s   of empty`);
for (const [name, values] of seconds) {
  const [middle, least] = [median(values), Math.min(...values)];
  const columns = [middle.toFixed(1), least.toFixed(1), (middle / floor).toFixed(1)];
  console.log(name.padEnd(36) + columns.map((column) => column.padStart(8)).join(' '));
}
