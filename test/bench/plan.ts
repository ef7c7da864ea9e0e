/**
 * What the platform adds to the preview of `make plan STACK=prod`: a program that only starts the
 * same plugins, and the stack `prod`, both with the policy pack, in turns within one run, in user
 * and system time, which other work on the machine changes less than the clock.
 * Needs what `make up` or `make plan` builds, and no cluster.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { cacheDir, projectDir } from '../../sandbox/paths.ts';
import { startApiServer } from '../../sandbox/plan/api-server.ts';
import { endCompanions } from '../../sandbox/plan/companions.ts';
import { planEnvironment } from '../../sandbox/plan/plan.ts';
import { writePlanProject } from '../../sandbox/plan/project.ts';
import { preparePulumiHome } from '../../sandbox/pulumi.ts';

const ROUNDS = Number(process.env['ROUNDS'] ?? 5);
/** Ratio of the medians that the design allows. */
const BUDGET = 1.5;
const folder = mkdtempSync(join(cacheDir, 'plan-'));
const empty = join(folder, 'empty');
process.on('exit', () => {
  endCompanions();
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
});

/** One provider of each plugin and nothing in the cluster or cloud. */
const EMPTY_PROGRAM = `
import { Provider as Aws } from '@pulumi/aws/provider.js';
import { Provider as Kubernetes } from '@pulumi/kubernetes/provider.js';
import { RandomPassword } from '@pulumi/random/randomPassword.js';
import { PrivateKey } from '@pulumi/tls/privateKey.js';
new Aws('aws', { region: 'eu-central-1' });
new Kubernetes('cluster', { context: 'saas-prod' });
new RandomPassword('password', { length: 20 });
new PrivateKey('key', { algorithm: 'ED25519' });
`;

interface Used {
  readonly cpu: number;
  readonly wall: number;
}

function pulumi(cwd: string, args: readonly string[]): Used {
  // The shell knows the times of all programs that it and its children waited for.
  const command = 'TIMEFORMAT="times %R %U %S"; time pulumi "$@" --non-interactive';
  const { status, stdout, stderr } = spawnSync('bash', ['-c', command, 'bash', ...args], {
    cwd,
    env: { ...process.env, ...environment },
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  const times = /times ([\d.]+) ([\d.]+) ([\d.]+)/.exec(stderr);
  if (status !== 0 || times === null) throw new Error(`${args.join(' ')}\n${stdout}${stderr}`);
  const [, wall, user, system] = times.map(Number);
  return { wall: wall ?? NaN, cpu: (user ?? NaN) + (system ?? NaN) };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}

preparePulumiHome();
const { context } = writePlanProject(folder, 'prod');
const kubeconfig = await startApiServer(folder, context);
const environment = planEnvironment(folder, 'prod', kubeconfig);
mkdirSync(empty);
writeFileSync(
  join(empty, 'Pulumi.yaml'),
  'name: empty\nruntime: {name: nodejs, options: {typescript: false}}\nmain: index.ts\n',
);
writeFileSync(join(empty, 'index.ts'), EMPTY_PROGRAM);
const init = ['stack', 'init', '--secrets-provider', 'passphrase', '--stack'];
pulumi(empty, [...init, 'empty']);
pulumi(folder, [...init, 'prod']);

const pack = ['--policy-pack', join(projectDir, 'policies', 'index.ts')];
const runs = {
  'empty program, same plugins': () =>
    pulumi(empty, ['preview', '--json', '--stack', 'empty', ...pack]),
  'stack prod': () => pulumi(folder, ['preview', '--json', '--stack', 'prod', ...pack]),
};
// The first round fills the caches and is not counted.
const used = new Map(Object.keys(runs).map((name) => [name, [] as Used[]]));
for (let round = 0; round <= ROUNDS; round += 1) {
  console.error(`round ${round} of ${ROUNDS}`);
  for (const [name, run] of Object.entries(runs)) {
    const times = run();
    if (round > 0) used.get(name)?.push(times);
  }
}

const cpu = (name: keyof typeof runs) => median((used.get(name) ?? []).map((one) => one.cpu));
const floor = cpu('empty program, same plugins');
console.log(`${'preview with the policy pack'.padEnd(36)}CPU s   clock s   of empty`);
for (const [name, times] of used) {
  const wall = median(times.map((one) => one.wall));
  const own = median(times.map((one) => one.cpu));
  const columns = [own.toFixed(1), wall.toFixed(1), (own / floor).toFixed(2)];
  console.log(name.padEnd(32) + columns.map((column) => column.padStart(9)).join(' '));
}
const ratio = cpu('stack prod') / floor;
console.log(`budget ${BUDGET}: ${ratio <= BUDGET ? 'kept' : `missed, ${ratio.toFixed(2)}`}`);
endCompanions();
