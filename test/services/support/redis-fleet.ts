import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { ACL_USERS, type AclUser, aclFile } from '../../../components/redis/redis-acl.ts';
import { authConf, PATHS, redisConf, REDIS_PORT } from '../../../components/redis/redis-conf.ts';
import { redisExporter } from '../../../components/redis/redis-exporter.ts';

export const NODES = 6;
const DOMAIN = 'redis.test';
const SCRIPTS = resolve('components/redis/scripts');

const passwords = Object.fromEntries(
  Object.keys(ACL_USERS).map((user) => [user, `${user}-password`]),
) as Record<AclUser, string>;

/**
 * Six redis-server processes on loopback addresses with the very configuration, ACL file and
 * scripts that the pods get. Names are looked up in a file, which plays the part of DNS.
 */
export class RedisFleet {
  readonly #dir = mkdtempSync(join(tmpdir(), 'redis-fleet-'));
  /** Where `dump.sh` writes. */
  readonly dumps = join(this.#dir, 'dumps');
  readonly #port: number;
  readonly #servers: (ChildProcess | undefined)[] = [];
  readonly #keepers: (ChildProcess | undefined)[] = [];
  readonly #addresses: string[] = [];

  constructor(port: number) {
    this.#port = port;
    certificates(this.#dir);
    for (const folder of ['conf', 'auth', 'dumps']) mkdirSync(join(this.#dir, folder));
    writeFileSync(join(this.#dir, 'auth/users.acl'), aclFile(passwords));
    writeFileSync(join(this.#dir, 'auth/auth.conf'), authConf(passwords.replication));
    // eslint-disable-next-line no-template-curly-in-string -- the shell's expansion
    writeFileSync(join(this.#dir, 'resolve.sh'), 'sed -n "s/ $1\\$//p" "${0%/*}/hosts"\n');
  }

  address(node: number): string {
    const address = this.#addresses[node];
    if (address === undefined) throw new Error(`node ${node} was never given an address`);
    return address;
  }

  /** Gives the nodes addresses of a block that no node has had before, as new pods would get. */
  move(block: number, nodes: readonly number[] = all()): void {
    for (const node of nodes) this.#addresses[node] = `127.0.${block}.${node + 1}`;
    const lines = this.#addresses.map((address, node) => `${address} redis-${node}.${DOMAIN}\n`);
    writeFileSync(join(this.#dir, 'hosts'), lines.join(''));
  }

  start(node: number): void {
    const data = join(this.#dir, `data-${node}`);
    mkdirSync(data, { recursive: true });
    const conf = join(this.#dir, `conf/redis-${node}.conf`);
    writeFileSync(
      conf,
      redisConf(64 * 1024 * 1024)
        .replaceAll('/etc/redis', this.#dir)
        .replace(`dir ${PATHS.data}`, `dir ${data}`)
        .replace(`tls-port ${REDIS_PORT}`, `tls-port ${this.#port}`)
        .replace('bind * -::*', `bind ${this.address(node)}`),
    );
    const env = { ...this.#env(node), CONF_FILE: conf };
    this.#servers[node] = spawn('/bin/sh', [join(SCRIPTS, 'start.sh')], { env, stdio: 'ignore' });
  }

  keep(node: number): void {
    const options = { env: this.#env(node), stdio: 'ignore' } as const;
    this.#keepers[node] = spawn('/bin/sh', [join(SCRIPTS, 'keeper.sh')], options);
  }

  /** Ends server and keeper at once, as the loss of a machine does. */
  async kill(node: number): Promise<void> {
    await Promise.all([end(this.#keepers[node]), end(this.#servers[node])]);
  }

  /** The node's volume is lost. */
  wipe(node: number): void {
    rmSync(join(this.#dir, `data-${node}`), { recursive: true });
  }

  async close(): Promise<void> {
    await Promise.all(all().map((node) => this.kill(node)));
    rmSync(this.#dir, { recursive: true });
  }

  /** Runs one of the scripts to its end. */
  script(node: number, ...args: string[]): Promise<{ code: number; output: string }> {
    const [file = '', ...rest] = args;
    const options = { env: this.#env(node), timeout: 60_000 };
    return run('/bin/sh', [join(SCRIPTS, file), ...rest], options);
  }

  async cli(node: number, user: AclUser, ...args: string[]): Promise<string> {
    const tls = ['--tls', '--cacert', join(this.#dir, 'tls/ca.crt')];
    const target = ['-h', this.address(node), '-p', String(this.#port), '--user', user];
    const options = { env: { ...process.env, REDISCLI_AUTH: passwords[user] }, timeout: 3000 };
    const all = [...tls, ...target, '--no-auth-warning', ...args];
    return (await run('redis-cli', all, options)).output.trim();
  }

  /**
   * What the exporter beside the node gives, with the variables of its container. Only the name in
   * the certificate is not compared: nodes here have addresses.
   */
  async metrics(node: number): Promise<string> {
    const port = this.#port + 1;
    const { env = [] } = redisExporter('', '') as { env: { name: string; value?: string }[] };
    const variables = {
      ...Object.fromEntries(env.map(({ name, value }) => [name, value])),
      REDIS_ADDR: `rediss://${this.address(node)}:${this.#port}`,
      REDIS_PASSWORD: passwords.exporter,
      REDIS_EXPORTER_TLS_CA_CERT_FILE: join(this.#dir, 'tls/ca.crt'),
      REDIS_EXPORTER_SKIP_TLS_VERIFICATION: 'true',
      REDIS_EXPORTER_WEB_LISTEN_ADDRESS: `127.0.0.1:${port}`,
    };
    const exporter = spawn('prometheus-redis-exporter', { env: variables, stdio: 'ignore' });
    try {
      let text = '';
      await until('the exporter answers', 10, async () => {
        text = await fetch(`http://127.0.0.1:${port}/metrics`).then(
          (answer) => answer.text(),
          () => '',
        );
        return text === '' ? 'no answer' : '';
      });
      return text;
    } finally {
      await end(exporter);
    }
  }

  async info(node: number, section: 'cluster' | 'replication', key: string): Promise<string> {
    const command = section === 'cluster' ? ['CLUSTER', 'INFO'] : ['INFO', section];
    const text = await this.cli(node, 'admin', ...command);
    return new RegExp(`^${key}:(.*?)\\r?$`, 'm').exec(text)?.[1] ?? '';
  }

  /** Role, slots and so on as this node sees itself: the fields of its line in CLUSTER NODES. */
  async self(
    node: number,
  ): Promise<{ id: string; role: string; primary: string; slots: string[] }> {
    const lines = (await this.cli(node, 'admin', 'CLUSTER', 'NODES')).split('\n');
    const fields = lines.find((line) => line.includes('myself'))?.split(' ') ?? [];
    const [id = '', , flags = '', primary = '', , , , , ...slots] = fields;
    return { id, role: flags.replace('myself,', ''), primary, slots };
  }

  #env(node: number): NodeJS.ProcessEnv {
    return {
      ...process.env,
      NODES: String(NODES),
      NODE_PREFIX: 'redis',
      NODE_DOMAIN: DOMAIN,
      NODE_NAME: `redis-${node}`,
      NODE_ADDRESS: this.address(node),
      SELF: this.address(node),
      PORT: String(this.#port),
      CA_FILE: join(this.#dir, 'tls/ca.crt'),
      RESOLVE: `/bin/sh ${join(this.#dir, 'resolve.sh')}`,
      KEEPER_PASSWORD: passwords.keeper,
      PROBE_PASSWORD: passwords.probe,
      ADMIN_PASSWORD: passwords.admin,
      BACKUP_PASSWORD: passwords.backup,
      DUMP_DIR: this.dumps,
      FORM_TIMEOUT: '40',
    };
  }
}

/** Polls until nothing is wrong any more; returns the seconds it took, or fails after `limit`. */
export async function until(
  what: string,
  limit: number,
  wrong: () => Promise<string>,
): Promise<number> {
  const start = performance.now();
  for (;;) {
    const fault = await wrong();
    const seconds = (performance.now() - start) / 1000;
    if (fault === '') return seconds;
    if (seconds > limit) throw new Error(`not within ${limit} s: ${what}: ${fault}`);
    await sleep(100);
  }
}

/** Numbers of the nodes. */
export function all(): number[] {
  return Array.from({ length: NODES }, (_, node) => node);
}

function run(
  file: string,
  args: readonly string[],
  options: { env: NodeJS.ProcessEnv; timeout: number },
): Promise<{ code: number; output: string }> {
  return new Promise((done) => {
    execFile(file, args, options, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
      done({ code, output: stdout + stderr });
    });
  });
}

async function end(child: ChildProcess | undefined): Promise<void> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((done) => child.once('exit', done));
  child.kill('SIGKILL');
  await gone;
}

/** An authority and one certificate for all nodes: server and client at once, as the bus needs. */
function certificates(dir: string): void {
  const tls = join(dir, 'tls');
  mkdirSync(tls);
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: tls, stdio: 'pipe' });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  const authority = ['-keyout', 'ca.key', '-out', 'ca.crt', '-subj', '/CN=authority', '-days', '1'];
  openssl('req', '-x509', ...key, ...authority);
  openssl('req', ...key, '-keyout', 'tls.key', '-out', 'tls.csr', '-subj', '/CN=redis');
  const signer = ['-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '1'];
  openssl('x509', '-req', '-in', 'tls.csr', '-out', 'tls.crt', ...signer);
}
