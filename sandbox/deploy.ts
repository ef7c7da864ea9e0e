import { spawnSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { ports } from './addresses.ts';
import { kubectl } from './cluster/control-plane.ts';
import { ensureDaemon } from './daemon.ts';
import { SandboxError } from './errors.ts';
import { ownCluster } from './own-cluster.ts';
import { nodeBinDir, projectDir } from './paths.ts';
import { task } from './progress.ts';
import { preparePulumi, pulumi, pulumiEnvironment } from './pulumi.ts';
import { embedded, ofContext, settingsFile, type Target } from './target.ts';

/** Deploys the platform to the embedded cluster or to a context of the user's, and says how to go on. */
export async function deploy(context: string | undefined): Promise<void> {
  const target = context === undefined ? embedded : await ownCluster(context);
  await preparePulumi(target);
  const pack = join(projectDir, 'policies', 'index.ts');
  await inTerminal(target, 'up', '--skip-preview', '--suppress-outputs', '--policy-pack', pack);
  if (context === undefined) await startEdge();
  await printNextSteps(target, context);
}

/** Deletes all that `deploy` made in a context of the user's, and its stack. */
export async function destroy(context: string): Promise<void> {
  const target = ofContext(context);
  if (!existsSync(settingsFile(target))) {
    throw new SandboxError(`nothing is deployed to the context "${context}".`, '');
  }
  await preparePulumi(target);
  await inTerminal(target, 'destroy', '--skip-preview', '--suppress-outputs');
  await pulumi(['stack', 'rm', target.stack, '--yes'], { target });
  rmSync(target.caFile, { force: true });
}

async function inTerminal(target: Target, command: string, ...options: string[]): Promise<void> {
  const args = [command, '--stack', target.stack, '--yes', '--non-interactive', ...options];
  await task(`pulumi ${command} --stack ${target.stack}`, async () => {
    const result = spawnSync('pulumi', args, {
      cwd: projectDir,
      env: { ...process.env, ...pulumiEnvironment(target) },
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    if (result.status !== 0) {
      throw new SandboxError(
        `pulumi ${command} failed; its messages are above.`,
        'What was done is recorded: mend the cause and run the same command again.',
      );
    }
    return Promise.resolve();
  });
}

/** Makes the gateway answer on loopback. */
async function startEdge(): Promise<void> {
  const query = 'jsonpath={.spec.clusterIP}';
  const gateway = await kubectl(['-n', 'saas-edge', 'get', 'service', 'gateway', '-o', query]);
  await ensureDaemon({
    name: 'edge',
    command: join(nodeBinDir, 'node'),
    args: [
      join(projectDir, 'sandbox', 'edge.ts'),
      `${ports.edgeHttps}=${gateway}:443`,
      `${ports.edgeHttp}=${gateway}:80`,
    ],
  });
}

interface Outputs {
  readonly url: string;
  readonly caCertificate: string;
  readonly demo: readonly { readonly tenant: string; readonly email: string }[];
}

/** Says where the app is, how to log in as the demo tenant, and what to do next. */
async function printNextSteps(target: Target, context: string | undefined): Promise<void> {
  const { stack, caFile } = target;
  const outputs = JSON.parse(
    await pulumi(['stack', 'output', '--json', '--stack', stack], { target }),
  ) as Outputs;
  writeFileSync(caFile, outputs.caCertificate);
  const { url } = outputs;
  const [demo] = outputs.demo;
  const lines = ['', `The platform is up: ${url}/health`, ''];
  if (context === undefined) {
    lines.push('  eval "$(make -s env)"     # pulumi, kubectl and their settings for this shell');
  } else {
    const { port } = new URL(url);
    lines.push(
      `  eval "$(make -s env CONTEXT=${context})"     # pulumi, kubectl and their settings for this shell`,
      `  kubectl --context ${context} -n saas-edge port-forward service/gateway ${port || '443'}:443 &`,
    );
  }
  lines.push(`  curl --cacert ${caFile} ${url}/health`);
  if (demo !== undefined) {
    lines.push(
      '',
      `Log in as the demo tenant "${demo.tenant}":`,
      `  PASSWORD=$(pulumi stack output -s ${stack} demoPasswords --show-secrets --json | jq -r '.["${demo.tenant}"]')`,
      `  curl --cacert ${caFile} ${url}/v1/auth/login -H 'content-type: application/json' \\`,
      `    -d "{\\"tenant\\":\\"${demo.tenant}\\",\\"email\\":\\"${demo.email}\\",\\"password\\":\\"$PASSWORD\\"}"`,
    );
  }
  const last =
    context === undefined ? 'make status · make test · make down' : `make down CONTEXT=${context}`;
  lines.push('', `Next: pulumi preview -s ${stack} · kubectl get cluster,backup -A · ${last}`);
  console.log(lines.join('\n'));
}
