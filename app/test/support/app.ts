import { join } from 'node:path';

import { freePort, Process } from './process.ts';
import { signingKey } from './servers.ts';
import type { Servers } from './servers.ts';

/** Accounts that the seed makes, each in a tenant of its own: one tenant alone proves no isolation. */
export const ACCOUNTS = {
  acme: account('acme', 'ann'),
  globex: account('globex', 'gus'),
  // Cases that change, lock or use up an account take one that no other case uses.
  suspended: account('suspended', 'una'),
  'pooled-a': account('pooled-a', 'pia'),
  'pooled-b': account('pooled-b', 'pub'),
  timed: account('timed', 'tom'),
  bursting: account('bursting', 'bea'),
  limited: account('limited', 'lea'),
  busy: account('busy', 'bob'),
  leaver: account('leaver', 'liv'),
  locked: account('locked', 'lou'),
  changer: account('changer', 'charlotte'),
  directory: account('directory', 'dora'),
  settings: account('settings', 'sam'),
  attacker: account('attacker', 'abe'),
  victim: account('victim', 'vic'),
  'leaver-shared': account('leaver-shared', 'lena'),
  'leaver-schema': account('leaver-schema', 'leo'),
  'leaver-database': account('leaver-database', 'lars'),
} as const;

function account(slug: string, name: string) {
  return { slug, name, email: `${name}@${slug}.test`, password: `Correct-horse-${slug}-1` };
}
export type AccountName = keyof typeof ACCOUNTS;

/** Many requests of one user: the limits have cases of their own. */
export const UNLIMITED = {
  RATE_LIMIT_PER_MINUTE: '1000000',
  RATE_LIMIT_PER_HOUR: '1000000',
  RATE_LIMIT_AUTH_PER_MINUTE: '1000000',
};

export interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly headers: Headers;
}

/** One process of the image, with the environment that the platform gives it. */
export class App {
  readonly process: Process;
  readonly port: number;
  readonly metricsPort: number;
  static #addresses = 0;

  private constructor(process: Process, port: number, metricsPort: number) {
    this.process = process;
    this.port = port;
    this.metricsPort = metricsPort;
  }

  /** Starts a role without waiting for it. */
  static async spawn(
    servers: Servers,
    role: 'api' | 'worker' | 'migrate' | 'admin',
    env: Record<string, string> = {},
    database = 'saas',
  ): Promise<App> {
    const port = await freePort();
    const metricsPort = await freePort();
    const ports = { PORT: `${port}`, METRICS_PORT: `${metricsPort}`, SERVICE_NAME: role };
    const process_ = server(servers, [role], { ...ports, ...env }, database);
    return new App(process_, port, metricsPort);
  }

  /** Runs a command to its end and gives its exit code and what it said. */
  static async command(
    servers: Servers,
    args: readonly string[],
    env: Record<string, string> = {},
  ): Promise<[code: number | null, output: string]> {
    const command = server(servers, args, env, 'saas');
    const code = await command.ended(60);
    return [code, command.output.trim()];
  }

  /** Starts a role that serves and waits until it answers. */
  static async start(...args: Parameters<typeof App.spawn>): Promise<App> {
    const app = await App.spawn(...args);
    await app.process.ready(() => app.get('/health'));
    return app;
  }

  /** An address nobody else in the run has, so that one test's limit is not another's. */
  static address(): string {
    App.#addresses += 1;
    const [high, low] = [App.#addresses >> 8, App.#addresses & 255];
    return high === 0 && low < 240 ? `192.0.2.${low}` : `198.18.${high}.${low}`;
  }

  async get(path: string, token?: string, headers: Record<string, string> = {}): Promise<Answer> {
    const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
    return answer(
      await fetch(`http://localhost:${this.port}${path}`, {
        headers: { ...authorization, ...headers },
      }),
    );
  }

  /** Any request. `body` goes out as it is when it is text, else as JSON. */
  async send(
    method: string,
    path: string,
    options: { token?: string; body?: unknown; headers?: Record<string, string> } = {},
  ): Promise<Answer> {
    const { token, body, headers } = options;
    return answer(
      await fetch(`http://localhost:${this.port}${path}`, {
        method,
        headers: {
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined
          ? {}
          : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      }),
    );
  }

  async login(
    credentials: { slug: string; email: string; password: string },
    address = App.address(),
  ): Promise<Answer> {
    const { slug: tenant, email, password } = credentials;
    return answer(
      await fetch(`http://localhost:${this.port}/v1/auth/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-forwarded-for': address },
        body: JSON.stringify({ tenant, email, password }),
      }),
    );
  }

  async metrics(): Promise<string> {
    return (await fetch(`http://localhost:${this.metricsPort}/metrics`)).text();
  }
}

function server(
  servers: Servers,
  args: readonly string[],
  env: Record<string, string>,
  database: string,
): Process {
  return new Process(process.execPath, [join(process.cwd(), 'app/src/server.ts'), ...args], {
    env: {
      TRUST_PROXY: '1',
      DRAIN_SECONDS: '0',
      PG_MIGRATE_URL: servers.url('app_migrator', database),
      PG_DIRECT_URL: servers.url('app_platform', database),
      PG_POOLER_URL: servers.url('app_user', database, true),
      // Debian's PgBouncer cannot carry named statements; the platform's can.
      PG_NAMED_STATEMENTS: 'false',
      PG_CA_FILE: servers.ca,
      REDIS_NODES: servers.redisNodes,
      REDIS_USERNAME: 'app',
      REDIS_PASSWORD: servers.password,
      REDIS_CA_FILE: servers.ca,
      MONGO_URL: servers.mongoUrl,
      MONGO_DB: 'audit',
      MONGO_CA_FILE: servers.ca,
      JWT_KEYS_FILE: join(servers.directory, 'jwks.json'),
      JWT_ISSUER: 'https://api.example.test',
      DEMO_SEED_FILE: join(servers.directory, 'seed.json'),
      ...env,
    },
  });
}

async function answer(response: Response): Promise<Answer> {
  const text = await response.text();
  const body = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
  return { status: response.status, body, headers: response.headers };
}

/** Writes keys and accounts, creates the database and runs the role `migrate` on it. */
export async function prepare(servers: Servers): Promise<void> {
  servers.file('jwks.json', { keys: [signingKey('key-1')] });
  servers.file('seed.json', Object.values(ACCOUNTS));
  await servers.database('saas');
  const migrate = await App.spawn(servers, 'migrate');
  const code = await migrate.process.ended();
  if (code !== 0) throw new Error(migrate.process.output);
}
