import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

import { addresses } from '../addresses.ts';
import { SandboxError } from '../errors.ts';
import { run } from '../exec.ts';
import { binDir } from '../paths.ts';
import { waitFor } from '../wait.ts';
import { exitCode, startCompanion } from './companions.ts';

const loopback = '127.0.0.1';

/**
 * Starts an empty etcd and API server in a folder, without node, controllers or webhooks: enough
 * for a preview, which only asks.
 * @returns the path of a kubeconfig that reaches it under the name of `context`
 */
export async function startApiServer(folder: string, context: string): Promise<string> {
  const file = (name: string) => join(folder, name);
  const secret = (name: string, text: string | Buffer) => {
    writeFileSync(file(name), text, { mode: 0o600 });
  };
  const token = randomBytes(24).toString('base64url');
  secret('tokens.csv', `${token},plan,plan,system:masters\n`);
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  secret('accounts.key', privateKey.export({ format: 'pem', type: 'pkcs8' }));

  const port = await freePort();
  start(folder, 'etcd', etcdFlags(file));
  const server = start(folder, 'kube-apiserver', serverFlags(file, port));
  const certificate = file('certificates/apiserver.crt');
  const kubeconfig = file('kubeconfig');
  const ready = waitFor('the API server', 120, async () => {
    if (!existsSync(certificate)) return 'it has no certificate yet';
    secret('kubeconfig', clientConfig(context, port, token, readFileSync(certificate)));
    const query = ['--kubeconfig', kubeconfig, 'get', '--raw', '/readyz'];
    const answer = await run(join(binDir, 'kubectl'), query, { timeout: 10 });
    return answer === 'ok' ? undefined : answer;
  });
  const ended = exitCode(server).then(() => {
    const lines = readFileSync(file('kube-apiserver.log'), 'utf8').trim().split('\n').slice(-3);
    throw new SandboxError(`the API server ended:\n${lines.join('\n')}`, '');
  });
  await Promise.race([ready, ended]);
  return kubeconfig;
}

type Flags = Readonly<Record<string, string | number | boolean>>;

function start(folder: string, program: string, flags: Flags) {
  return startCompanion({
    command: join(binDir, program),
    args: Object.entries(flags).map(([name, value]) => `--${name}=${value}`),
    cwd: folder,
    stdout: join(folder, `${program}.out`),
    stderr: join(folder, `${program}.log`),
  });
}

/** Sockets in the folder instead of ports: nobody else can reach them, and none can be taken. */
function etcdFlags(file: (name: string) => string): Flags {
  const peer = 'unix://localhost:1';
  return {
    'data-dir': file('etcd'),
    'listen-client-urls': `unix://${file('etcd.sock')}`,
    'advertise-client-urls': 'http://localhost:1',
    'listen-peer-urls': peer,
    'initial-advertise-peer-urls': peer,
    'initial-cluster': `default=${peer}`,
    'unsafe-no-fsync': true,
    'log-level': 'error',
  };
}

function serverFlags(file: (name: string) => string, port: number): Flags {
  return {
    'bind-address': loopback,
    'secure-port': port,
    // It makes its own certificate there.
    'cert-dir': file('certificates'),
    'etcd-servers': `unix://${file('etcd.sock')}`,
    'service-cluster-ip-range': addresses.serviceCidr,
    'service-account-issuer': 'https://kubernetes.default.svc',
    'service-account-key-file': file('accounts.key'),
    'service-account-signing-key-file': file('accounts.key'),
    'token-auth-file': file('tokens.csv'),
    'authorization-mode': 'AlwaysAllow',
    'disable-admission-plugins': 'ServiceAccount',
  };
}

/** A kubeconfig as JSON, which is YAML too. */
function clientConfig(context: string, port: number, token: string, certificate: Buffer): string {
  const name = 'plan';
  const server = `https://${loopback}:${port}`;
  const authority = certificate.toString('base64');
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': context,
    clusters: [{ name, cluster: { server, 'certificate-authority-data': authority } }],
    users: [{ name, user: { token } }],
    contexts: [{ name: context, context: { cluster: name, user: name } }],
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, loopback, () => {
      const address = server.address();
      server.close(() => {
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
    });
  });
}
