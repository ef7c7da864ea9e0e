import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { SandboxError } from '../errors.ts';
import { endCommands } from '../exec.ts';
import { acquire } from '../lock.ts';
import { fetchOperatorManifests } from '../operator-manifests.ts';
import { cacheDir, nodeBinDir, projectDir } from '../paths.ts';
import { ownPulumi, preparePulumiHome, pulumiEnvironment } from '../pulumi.ts';
import { buildToolchain } from '../toolchain.ts';
import { startApiServer } from './api-server.ts';
import { endCompanions, exitCode, startCompanion } from './companions.ts';
import { writePlanProject } from './project.ts';

const programs = ['kubernetes', 'pulumi-kubernetes-provider'];

/**
 * Shows what a first deployment of a stack would make, what it costs and what the policy pack says,
 * without account, cloud or cluster.
 * @returns exit code: 0 when the preview is complete and breaks no policy
 */
export async function plan(stack: string | undefined): Promise<number> {
  if (stack === undefined) throw new SandboxError('no stack given.', 'Write: make plan STACK=prod');
  const began = performance.now();
  const seconds = (since: number) => ((performance.now() - since) / 1000).toFixed(1);
  await prepare();
  const folder = mkdtempSync(join(cacheDir, 'plan-'));
  throwAwayAtExit(folder);
  const { context, notes } = writePlanProject(folder, stack);
  const starting = performance.now();
  const kubeconfig = await startApiServer(folder, context);
  const ready = seconds(starting);
  const previewing = performance.now();
  const previewed = await preview(folder, stack, planEnvironment(folder, stack, kubeconfig));
  const times = `API server ready after ${ready} s, preview ${seconds(previewing)} s`;
  const shown = await show(folder, stack);
  endCompanions();
  const always = [
    'compared with an empty state, so everything is made anew.',
    `an empty API server of the sandbox stands in for the cluster "${context}", and stand-ins for AWS, random and TLS.`,
  ];
  console.log(['', ...[...always, ...notes].map((note) => `note: ${note}`)].join('\n'));
  console.log(`time: ${times}, ${seconds(began)} s in all`);
  return Math.max(previewed, shown);
}

/** Builds what is missing; nothing on a machine that has run `make up`. */
async function prepare(): Promise<void> {
  const release = acquire(join(cacheDir, 'lock'));
  try {
    await buildToolchain(!(await ownPulumi()), programs);
    await fetchOperatorManifests();
    preparePulumiHome();
  } finally {
    release();
  }
}

/** However this process ends, nothing of the plan stays: no process and no file. */
function throwAwayAtExit(folder: string): void {
  process.on('exit', () => {
    endCommands();
    endCompanions();
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => process.exit(1));
  }
}

/** Environment of the command line: the plan's own state and cluster, and no account. */
export function planEnvironment(folder: string, stack: string, kubeconfig: string) {
  const stateDir = join(folder, 'state');
  const target = { stack, stateDir, kubeconfig, caFile: '' };
  writeFileSync(join(stateDir, 'passphrase'), randomBytes(24).toString('base64url'), {
    mode: 0o600,
  });
  // Nothing here may reach an account, even by mistake.
  const aws = Object.keys(process.env).filter((name) => name.startsWith('AWS_'));
  return {
    ...Object.fromEntries(aws.map((name) => [name, undefined])),
    ...pulumiEnvironment(target),
    // The option of the policy findings, `--event-log`, is one of the debug commands.
    PULUMI_DEBUG_COMMANDS: 'true',
  };
}

/** Writes `preview.json` and `events`. The events hold secrets in clear and go with the folder. */
async function preview(
  folder: string,
  stack: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<number> {
  const pulumi = (args: readonly string[], stdout: string) =>
    exitCode(
      startCompanion({
        command: 'pulumi',
        args: [...args, '--stack', stack, '--non-interactive'],
        cwd: folder,
        env,
        stdout: join(folder, stdout),
        stderr: join(folder, `${stdout}.log`),
      }),
    );
  const init = ['stack', 'init', '--secrets-provider', 'passphrase'];
  const pack = ['--policy-pack', join(projectDir, 'policies', 'index.ts')];
  const log = ['--event-log', join(folder, 'events')];
  const steps = [
    [init, 'init'],
    [['preview', '--json', ...pack, ...log], 'preview.json'],
  ] as const;
  for (const [args, stdout] of steps) {
    const code = await pulumi(args, stdout);
    if (code === 0) continue;
    // A refusal is told in the preview itself; without one the command line did not come so far.
    if (readFileSync(join(folder, stdout), 'utf8').startsWith('{')) return code;
    const said = readFileSync(join(folder, `${stdout}.log`), 'utf8').trim();
    throw new SandboxError(`pulumi ${args[0]} failed:\n${said}`, '');
  }
  return 0;
}

/** The tables come from the project's own review of previews; it is a program of its own. */
async function show(folder: string, stack: string): Promise<number> {
  const file = (name: string) => join(folder, name);
  const review = join(projectDir, 'infra', 'review', 'plan.ts');
  const child = startCompanion({
    command: join(nodeBinDir, 'node'),
    args: [review, `${stack}=${file('preview.json')}`, '--events', file('events')],
    cwd: projectDir,
    stdout: file('tables'),
    stderr: file('tables.log'),
  });
  const code = await exitCode(child);
  process.stdout.write(readFileSync(file('tables')));
  process.stderr.write(readFileSync(file('tables.log')));
  return code;
}
