import { randomBytes } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, join } from 'node:path';

import { run } from './exec.ts';
import { binDir, nodeBinDir, projectDir, pulumiDir } from './paths.ts';
import { installPlugins } from './plugins/install.ts';
import { embedded, settingsFile, type Target } from './target.ts';

/** Version of the command line that the program and its plugins are tested with. */
export const pulumiVersion = 'v3.259.0';

const home = join(pulumiDir, 'home');

/** Environment of every Pulumi command against a target; `make env` prints it. */
export function pulumiEnvironment(target: Target = embedded): Record<string, string> {
  return {
    PATH: [binDir, nodeBinDir, process.env['PATH'] ?? ''].join(delimiter),
    PULUMI_HOME: home,
    PULUMI_BACKEND_URL: `file://${target.stateDir}`,
    PULUMI_CONFIG_PASSPHRASE_FILE: passphraseFile(target),
    PULUMI_SKIP_UPDATE_CHECK: 'true',
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: 'true',
    // Memory for time: the engine and the Kubernetes plugin clean up less often.
    GOGC: '400',
    ...(target.kubeconfig === undefined ? {} : { KUBECONFIG: target.kubeconfig }),
    NODE_COMPILE_CACHE: join(pulumiDir, 'compile-cache'),
  };
}

/** Whether the user's own command line has the pinned version, so that none need be built. */
export async function ownPulumi(): Promise<boolean> {
  const version = await run('pulumi', ['version'], { timeout: 20 }).catch(() => '');
  return version.trim() === pulumiVersion;
}

/** Where the passphrase of a target's secrets lies; it is made with the first stack. */
function passphraseFile({ stateDir }: Target): string {
  return join(stateDir, 'passphrase');
}

/** Fills the sandbox's own Pulumi home and makes the target's stack where it is missing. */
export async function preparePulumi(target: Target = embedded): Promise<void> {
  mkdirSync(target.stateDir, { recursive: true, mode: 0o700 });
  if (!existsSync(passphraseFile(target))) {
    removeSalt(target);
    const passphrase = randomBytes(24).toString('base64url');
    writeFileSync(passphraseFile(target), passphrase, { mode: 0o600 });
  }
  preparePulumiHome();
  await keepSaltOutOfGit();
  const { stack } = target;
  // Each command costs a second, so neither is run where there is nothing to do.
  if (!existsSync(backendFile(target, 'stacks', `${stack}.json`))) {
    const create = ['--create', '--secrets-provider', 'passphrase'];
    await pulumi(['stack', 'select', stack, ...create], { target });
  }
  // Only one run at a time comes here, so a lock on the stack is one of a run that was killed.
  const locks = backendFile(target, 'locks', stack);
  if (existsSync(locks) && readdirSync(locks).length > 0) {
    await pulumi(['cancel', '--yes', '--stack', stack], { target });
  }
}

/** Fills the sandbox's own Pulumi home with its plugins. */
export function preparePulumiHome(): void {
  withoutDebugLog();
  const plugin = join(home, 'plugins', 'resource-kubernetes-v4.25.0');
  mkdirSync(plugin, { recursive: true });
  rmSync(join(plugin, 'pulumi-resource-kubernetes'), { force: true });
  // Under its own name on PATH, the command line would warn of it in every run.
  symlinkSync(
    join(binDir, 'pulumi-kubernetes-provider'),
    join(plugin, 'pulumi-resource-kubernetes'),
  );
  installPlugins({ pulumiHome: home, projectDir, node: join(nodeBinDir, 'node') });
}

/** A file of the file backend, whose folders carry the name of the project. */
function backendFile({ stateDir }: Target, kind: 'stacks' | 'locks', name: string): string {
  const owner = kind === 'locks' ? ['organization'] : [];
  return join(stateDir, '.pulumi', kind, ...owner, 'saas-platform', name);
}

/**
 * The command line writes a compressed log of everything at debug level, with no switch to turn it
 * off, and that is more than half of a preview's time. It goes without when there can be no folder:
 * this is the sandbox's own home, so a file takes its place.
 */
function withoutDebugLog(): void {
  const logs = join(home, 'logs');
  if (statSync(logs, { throwIfNoEntry: false })?.isFile() === true) return;
  rmSync(logs, { recursive: true, force: true });
  mkdirSync(home, { recursive: true });
  writeFileSync(logs, '');
}

/** Takes the salt of a passphrase that is gone out of the stack's configuration. */
export function removeSalt(target: Target): void {
  const file = settingsFile(target);
  const text = readFileSync(file, 'utf8');
  const without = text.replace(/^encryptionsalt:.*\n/m, '');
  if (without !== text) writeFileSync(file, without);
}

/** Pulumi writes the salt of this machine's passphrase into a tracked file; git is told to skip it. */
async function keepSaltOutOfGit(): Promise<void> {
  if (!existsSync(join(projectDir, '.git'))) return;
  const filter = "sed '/^encryptionsalt:/d'";
  await run('git', ['config', 'filter.pulumi-salt.clean', filter], { cwd: projectDir });
}

interface PulumiOptions {
  readonly target?: Target;
  /** Give the command the terminal instead of capturing its output. */
  readonly inherit?: boolean;
  /** Deadline in seconds. */
  readonly timeout?: number;
}

/** Runs one Pulumi command from the project's root. */
export function pulumi(
  args: readonly string[],
  { target = embedded, ...options }: PulumiOptions = {},
): Promise<string> {
  return run('pulumi', [...args, '--non-interactive'], {
    ...options,
    cwd: projectDir,
    env: pulumiEnvironment(target),
  });
}
