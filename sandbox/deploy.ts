import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { dump, load } from 'js-yaml';

import { ports } from './addresses.ts';
import { kubectl } from './cluster/control-plane.ts';
import { ensureDaemon } from './daemon.ts';
import { SandboxError } from './errors.ts';
import { run } from './exec.ts';
import { clusterDir, nodeBinDir, projectDir, pulumiStateDir } from './paths.ts';
import { report, task } from './progress.ts';
import { preparePulumi, pulumi, pulumiEnvironment } from './pulumi.ts';

/** Deploys the stack `local` to the embedded cluster or to a context of the user's, and says how to go on. */
export async function deploy(context: string | undefined): Promise<void> {
  await preparePulumi();
  const config = context === undefined ? [] : ['--config-file', await ownCluster(context)];
  const pack = join(projectDir, 'policies', 'index.ts');
  await task('pulumi up --stack local', async () => {
    const args = ['up', '--stack', 'local', '--yes', '--skip-preview', '--non-interactive'];
    const result = spawnSync(
      'pulumi',
      [...args, '--suppress-outputs', '--policy-pack', pack, ...config],
      {
        cwd: projectDir,
        env: { ...process.env, ...pulumiEnvironment() },
        stdio: ['ignore', 'inherit', 'inherit'],
      },
    );
    if (result.status !== 0) {
      throw new SandboxError(
        'pulumi up failed; its messages are above.',
        'What was done is recorded: mend the cause and run "make up" again.',
      );
    }
    return Promise.resolve();
  });
  if (context === undefined) await startEdge();
  await printNextSteps();
}

/** Shows the user's own cluster and writes a copy of the stack's configuration that names it. */
async function ownCluster(context: string): Promise<string> {
  const query = `jsonpath={.contexts[?(@.name=="${context}")].context.cluster}`;
  const cluster = await run('kubectl', ['config', 'view', '-o', query]);
  if (cluster === '') {
    const names = await run('kubectl', ['config', 'get-contexts', '-o', 'name']);
    throw new SandboxError(
      `your kubeconfig has no context "${context}".`,
      `It has: ${names.trim().split('\n').join(', ')}.`,
    );
  }
  const server = `jsonpath={.clusters[?(@.name=="${cluster}")].cluster.server}`;
  report(
    `using your cluster "${cluster}" at ${await run('kubectl', ['config', 'view', '-o', server])}`,
  );
  const text = readFileSync(join(projectDir, 'Pulumi.local.yaml'), 'utf8');
  const file = load(text) as { config: { 'saas-platform:settings': { cluster: object } } };
  const settings = file.config['saas-platform:settings'];
  settings.cluster = { ...settings.cluster, context, identifier: context };
  const copy = join(pulumiStateDir, 'Pulumi.local.yaml');
  writeFileSync(copy, dump(file));
  return copy;
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
async function printNextSteps(): Promise<void> {
  const outputs = JSON.parse(
    await pulumi(['stack', 'output', '--json', '--stack', 'local']),
  ) as Outputs;
  const ca = join(clusterDir, 'platform-ca.crt');
  writeFileSync(ca, outputs.caCertificate);
  const { url } = outputs;
  const [demo] = outputs.demo;
  const lines = [
    '',
    `The platform is up: ${url}/health`,
    '',
    '  eval "$(make -s env)"     # pulumi, kubectl and their settings for this shell',
    `  curl --cacert ${ca} ${url}/health`,
  ];
  if (demo !== undefined) {
    lines.push(
      '',
      `Log in as the demo tenant "${demo.tenant}":`,
      `  PASSWORD=$(pulumi stack output -s local demoPasswords --show-secrets --json | jq -r '.["${demo.tenant}"]')`,
      `  curl --cacert ${ca} ${url}/v1/auth/login -H 'content-type: application/json' \\`,
      `    -d "{\\"tenant\\":\\"${demo.tenant}\\",\\"email\\":\\"${demo.email}\\",\\"password\\":\\"$PASSWORD\\"}"`,
    );
  }
  lines.push(
    '',
    'Next: pulumi preview -s local · kubectl get cluster,backup -A · make status · make test · make down',
  );
  console.log(lines.join('\n'));
}
