import { randomBytes } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, join } from 'node:path';

import { run } from './exec.ts';
import { binDir, kubeconfig, nodeBinDir, projectDir, pulumiDir, pulumiStateDir } from './paths.ts';
import { installPlugins } from './plugins/install.ts';

/** Version of the command line that the program and its plugins are tested with. */
export const pulumiVersion = 'v3.259.0';

const home = join(pulumiDir, 'home');
const passphraseFile = join(pulumiStateDir, 'passphrase');

/** Environment of every Pulumi command against the sandbox; `make env` prints it. */
export function pulumiEnvironment(): Record<string, string> {
  return {
    PATH: [binDir, nodeBinDir, process.env['PATH'] ?? ''].join(delimiter),
    PULUMI_HOME: home,
    PULUMI_BACKEND_URL: `file://${pulumiStateDir}`,
    PULUMI_CONFIG_PASSPHRASE_FILE: passphraseFile,
    PULUMI_SKIP_UPDATE_CHECK: 'true',
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: 'true',
    // The state is as disposable as the cluster; a copy of it at every step is not needed.
    PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS: 'true',
    // Memory for time: the engine and the Kubernetes plugin clean up less often.
    GOGC: '400',
    KUBECONFIG: kubeconfig,
    NODE_COMPILE_CACHE: join(pulumiDir, 'compile-cache'),
  };
}

/** Whether the user's own command line has the pinned version, so that none need be built. */
export async function ownPulumi(): Promise<boolean> {
  const version = await run('pulumi', ['version'], { timeout: 20 }).catch(() => '');
  return version.trim() === pulumiVersion;
}

/** Fills the sandbox's own Pulumi home and makes the stack `local` where it is missing. */
export async function preparePulumi(): Promise<void> {
  mkdirSync(pulumiStateDir, { recursive: true, mode: 0o700 });
  if (!existsSync(passphraseFile)) {
    removeSalt();
    writeFileSync(passphraseFile, randomBytes(24).toString('base64url'), { mode: 0o600 });
  }
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
  await keepSaltOutOfGit();
  await pulumi(['stack', 'select', 'local', '--create', '--secrets-provider', 'passphrase']);
  // Only one run at a time comes here, so a lock on the stack is one of a run that was killed.
  await pulumi(['cancel', '--yes', '--stack', 'local']).catch(() => undefined);
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
export function removeSalt(): void {
  const file = join(projectDir, 'Pulumi.local.yaml');
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

/** Runs one Pulumi command from the project's root. */
export function pulumi(
  args: readonly string[],
  options: { readonly inherit?: boolean; readonly timeout?: number } = {},
): Promise<string> {
  return run('pulumi', [...args, '--non-interactive'], {
    ...options,
    cwd: projectDir,
    env: pulumiEnvironment(),
  });
}
