import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { request, type RequestOptions } from 'node:https';
import { join } from 'node:path';

import { ports } from '../../sandbox/addresses.ts';
import { clusterDir, projectDir } from '../../sandbox/paths.ts';
import { pulumiEnvironment } from '../../sandbox/pulumi.ts';

export interface Result {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command as a user would after `eval "$(make -s env)"`, and never throws. */
export function shell(command: string, timeoutSeconds = 120): Promise<Result> {
  return new Promise((resolve) => {
    execFile(
      'bash',
      ['-c', command],
      {
        cwd: projectDir,
        env: { ...process.env, ...pulumiEnvironment() },
        maxBuffer: 256 * 2 ** 20,
        timeout: timeoutSeconds * 1000,
      },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
        resolve({ code, stdout, stderr });
      },
    );
  });
}

/** Stdout of a command that must succeed. */
export async function ok(command: string, timeoutSeconds?: number): Promise<string> {
  const { code, stdout, stderr } = await shell(command, timeoutSeconds);
  if (code !== 0)
    throw new Error(
      `${command}: exit code ${code}\n${stdout.slice(-2000)}\n${stderr.slice(-2000)}`,
    );
  return stdout;
}

/** Objects of a kind, or one object, as JSON. */
export async function get<T>(what: string): Promise<T> {
  return JSON.parse(await ok(`kubectl get ${what} -o json`)) as T;
}

/** Waits until `check` returns undefined; fails with what it last said was missing. */
export { waitFor } from '../../sandbox/wait.ts';

/** The stack's outputs, secrets in clear. */
export async function outputs(): Promise<Record<string, unknown>> {
  return JSON.parse(await ok('pulumi stack output --stack local --json --show-secrets')) as Record<
    string,
    unknown
  >;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

const ca = () => readFileSync(join(clusterDir, 'platform-ca.crt'));

/** An HTTPS request through the gateway, with the platform's CA checked. */
export function call(
  url: string,
  options: RequestOptions & { readonly json?: unknown } = {},
): Promise<Answer> {
  const { json, ...rest } = options;
  const target = new URL(url);
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        host: '127.0.0.1',
        port: ports.edgeHttps,
        path: target.pathname + target.search,
        servername: target.hostname,
        ca: ca(),
        timeout: 10_000,
        ...rest,
        headers: {
          host: target.host,
          ...(json === undefined ? {} : { 'content-type': 'application/json' }),
          ...(rest.headers as Record<string, string> | undefined),
        },
      },
      (incoming) => {
        let body = '';
        incoming.on('data', (chunk: Buffer) => (body += chunk.toString()));
        incoming.on('end', () => {
          resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body });
        });
      },
    );
    outgoing.on('timeout', () => outgoing.destroy(new Error('no answer within 10 s')));
    outgoing.on('error', reject);
    outgoing.end(json === undefined ? undefined : JSON.stringify(json));
  });
}

export interface Pod {
  readonly metadata: { readonly name: string; readonly uid: string };
  readonly status: {
    readonly phase: string;
    readonly podIP: string;
    readonly containerStatuses: readonly {
      readonly containerID: string;
      readonly ready: boolean;
    }[];
  };
}

/** Pods that match a selector, in order of their names. */
export async function pods(namespace: string, selector: string): Promise<Pod[]> {
  const list = await get<{ items: Pod[] }>(`pods -n ${namespace} -l ${selector}`);
  return list.items.sort((a, b) => a.metadata.name.localeCompare(b.metadata.name));
}
