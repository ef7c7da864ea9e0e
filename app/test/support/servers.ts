import { generateKeyPairSync } from 'node:crypto';
import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';

import pg from 'pg';

import type { PostgresTarget } from '../../src/config.ts';
import { freePort, Process, run } from './process.ts';

const POSTGRES_BIN = '/usr/lib/postgresql/15/bin';
const ROLES = ['app_migrator', 'app_user', 'app_platform'] as const;
type RoleName = (typeof ROLES)[number];

/** The rules that the platform's Redis gives its user `app`. */
const REDIS_APP_RULES =
  '~app:* &app:* +@all -@admin -@dangerous +cluster|slots +cluster|shards +cluster|nodes +cluster|info +info';

/** Real servers on loopback, all of them with TLS and passwords, as the platform runs them. */
export class Servers {
  readonly directory = mkdtempSync(join(tmpdir(), 'app-test-'));
  readonly ca = join(this.directory, 'ca.crt');
  /** Where `ferretdb` was found; undefined skips what needs a document store. */
  readonly ferretdb = ferretdbBinary();
  readonly password = 'p4ss/word:with@signs';
  postgres: Process | undefined;
  pgbouncer: Process | undefined;
  redis: Process[] = [];
  documents: Process | undefined;
  redisNodes = '';
  mongoUrl = '';
  #postgresPort = 0;
  #pgbouncerPort = 0;
  // initdb, postgres and pgbouncer refuse root.
  readonly #as = userInfo().uid === 0 ? unprivileged() : undefined;

  get caText(): string {
    return readFileSync(this.ca, 'utf8');
  }

  async start(): Promise<void> {
    await this.#makeDirectory();
    await Promise.all([
      this.#startPostgres().then(() =>
        Promise.all([this.#startPgbouncer(), this.#startDocuments()]),
      ),
      this.#startRedis(),
    ]);
  }

  /** PostgreSQL alone, for what needs nothing else. */
  async startPostgres(): Promise<void> {
    await this.#makeDirectory();
    await this.#startPostgres();
  }

  async stop(): Promise<void> {
    const started = [this.pgbouncer, ...this.redis, this.documents, this.postgres];
    // SIGINT is PostgreSQL's fast shutdown; the others take it as well.
    await Promise.all(started.map(async (process) => process?.stop('SIGINT')));
    await Process.stopAll();
    rmSync(this.directory, { recursive: true, force: true });
  }

  /** A URL of the database, past the pooler unless `pooled`. */
  url(role: RoleName | 'postgres', database: string, pooled = false): string {
    const port = pooled ? this.#pgbouncerPort : this.#postgresPort;
    return `postgres://${role}:${encodeURIComponent(this.password)}@localhost:${port}/${database}`;
  }

  /** The same, as the application takes it apart. */
  target(role: RoleName, database: string): PostgresTarget {
    return {
      host: 'localhost',
      port: this.#postgresPort,
      database,
      user: role,
      password: this.password,
      ssl: { rejectUnauthorized: true, ca: this.caText },
    };
  }

  /** An open client; the caller ends it. */
  async client(role: RoleName | 'postgres', database: string, pooled = false): Promise<pg.Client> {
    const client = new pg.Client({
      host: 'localhost',
      port: pooled ? this.#pgbouncerPort : this.#postgresPort,
      user: role,
      password: this.password,
      database,
      ssl: { ca: this.caText },
      // A server that is starting up may close the connection without a word to the driver.
      connectionTimeoutMillis: 5_000,
    });
    await client.connect();
    return client;
  }

  /** Statements as superuser. */
  async admin(database: string, ...statements: string[]): Promise<pg.QueryResult> {
    const client = await this.client('postgres', database);
    try {
      let result: pg.QueryResult | undefined;
      for (const statement of statements) result = await client.query(statement);
      return result as pg.QueryResult;
    } finally {
      await client.end();
    }
  }

  /** An empty database that belongs to the owner role, as the operator makes it. */
  async database(name: string): Promise<void> {
    await this.admin('postgres', `CREATE DATABASE ${name} OWNER app_owner`);
  }

  /** Writes a file into the servers' directory and returns its path. */
  file(name: string, content: unknown): string {
    const path = join(this.directory, name);
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
    return path;
  }

  async #makeDirectory(): Promise<void> {
    if (this.#as !== undefined) chownSync(this.directory, this.#as.uid, this.#as.gid);
    await this.#makeCertificate();
  }

  async #makeCertificate(): Promise<void> {
    const path = (name: string) => join(this.directory, name);
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
    for (const name of ['ca', 'other-ca']) {
      await run('openssl', [
        ...['req', '-x509', ...key, '-days', '2', '-subj', `/CN=${name}`],
        ...['-keyout', path(`${name}.key`), '-out', path(`${name}.crt`)],
      ]);
    }
    await run('openssl', [
      ...['req', '-x509', ...key, '-days', '2', '-subj', '/CN=localhost'],
      ...['-addext', 'subjectAltName=DNS:localhost', '-addext', 'basicConstraints=CA:FALSE'],
      ...['-CA', path('ca.crt'), '-CAkey', path('ca.key')],
      ...['-keyout', path('tls.key'), '-out', path('tls.crt')],
    ]);
    if (this.#as !== undefined) {
      for (const name of ['tls.key', 'tls.crt', 'ca.crt']) {
        chownSync(path(name), this.#as.uid, this.#as.gid);
      }
    }
  }

  async #startPostgres(): Promise<void> {
    const as = this.#as;
    const data = join(this.directory, 'postgres');
    const passwordFile = this.file('postgres-password', this.password);
    await run(
      join(POSTGRES_BIN, 'initdb'),
      [
        ...['-D', data, '-U', 'postgres', '-A', 'scram-sha-256', `--pwfile=${passwordFile}`],
        ...['-E', 'UTF8', '--no-locale', '--no-sync'],
      ],
      { as },
    );
    // Plain text connections are refused, so a client that forgets TLS fails here.
    writeFileSync(join(data, 'pg_hba.conf'), 'hostssl all all all scram-sha-256\n');
    this.#postgresPort = await freePort();
    const settings = {
      port: this.#postgresPort,
      listen_addresses: 'localhost',
      unix_socket_directories: '',
      fsync: 'off',
      ssl: 'on',
      ssl_cert_file: join(this.directory, 'tls.crt'),
      ssl_key_file: join(this.directory, 'tls.key'),
    };
    this.postgres = new Process(
      join(POSTGRES_BIN, 'postgres'),
      [
        '-D',
        data,
        ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
      ],
      { as },
    );
    await this.postgres.ready(() => this.admin('postgres', 'SELECT 1'));
    const login = `LOGIN PASSWORD '${this.password}'`;
    await this.admin(
      'postgres',
      'CREATE ROLE app_owner NOLOGIN',
      `CREATE ROLE app_migrator ${login} IN ROLE app_owner`,
      `CREATE ROLE app_user ${login}`,
      `CREATE ROLE app_platform ${login} BYPASSRLS`,
    );
  }

  /** Two server connections for everybody: tenants meet on the same one all the time. */
  async #startPgbouncer(): Promise<void> {
    this.#pgbouncerPort = await freePort();
    const users = this.file(
      'users.txt',
      ROLES.map((role) => `"${role}" "${this.password}"`).join('\n'),
    );
    const config = this.file(
      'pgbouncer.ini',
      `[databases]
* = host=localhost port=${this.#postgresPort}
[pgbouncer]
listen_addr = localhost
listen_port = ${this.#pgbouncerPort}
unix_socket_dir =
pool_mode = transaction
default_pool_size = 2
auth_type = scram-sha-256
auth_file = ${users}
client_tls_sslmode = require
client_tls_cert_file = ${join(this.directory, 'tls.crt')}
client_tls_key_file = ${join(this.directory, 'tls.key')}
server_tls_sslmode = verify-full
server_tls_ca_file = ${this.ca}
`,
    );
    this.pgbouncer = new Process('/usr/sbin/pgbouncer', [config], { as: this.#as });
    await this.pgbouncer.ready(() => knock(this.#pgbouncerPort));
  }

  async #startRedis(): Promise<void> {
    const ports = [await freePort(true), await freePort(true), await freePort(true)];
    const tls = [
      '--tls',
      '--cacert',
      this.ca,
      '--user',
      'admin',
      '--pass',
      'admin',
      '--no-auth-warning',
    ];
    for (const port of ports) {
      const data = join(this.directory, `redis-${port}`);
      mkdirSync(data);
      const acl = this.file(
        `redis-${port}.acl`,
        [
          'user default off',
          'user admin on >admin ~* &* +@all',
          `user app on >${this.password} ${REDIS_APP_RULES}\n`,
        ].join('\n'),
      );
      const config = this.file(
        `redis-${port}.conf`,
        `bind 127.0.0.1
port 0
tls-port ${port}
tls-cluster yes
tls-cert-file ${join(this.directory, 'tls.crt')}
tls-key-file ${join(this.directory, 'tls.key')}
tls-ca-cert-file ${this.ca}
tls-auth-clients optional
aclfile ${acl}
cluster-enabled yes
cluster-announce-hostname localhost
cluster-preferred-endpoint-type hostname
dir ${data}
save ""
`,
      );
      this.redis.push(new Process('redis-server', [config]));
    }
    const cli = (port: number, ...args: string[]) =>
      run('redis-cli', ['-p', `${port}`, ...tls, ...args]);
    await Promise.all(
      ports.map(async (port, index) =>
        this.redis[index]?.ready(() => expectText(cli(port, 'ping'), 'PONG')),
      ),
    );
    const [first = 0] = ports;
    await run('redis-cli', [
      ...tls,
      ...['--cluster', 'create', ...ports.map((port) => `127.0.0.1:${port}`), '--cluster-yes'],
    ]);
    await this.redis[0]?.ready(() => expectText(cli(first, 'cluster', 'info'), 'cluster_state:ok'));
    this.redisNodes = ports.map((port) => `localhost:${port}`).join(',');
  }

  /** FerretDB over PostgreSQL, as on the platform: clients sign in with a PostgreSQL role. */
  async #startDocuments(): Promise<void> {
    const port = await freePort();
    // Without the program nothing listens there: the address of a store that is down.
    const login = `documents:${encodeURIComponent(this.password)}`;
    this.mongoUrl = `mongodb://${login}@localhost:${port}/audit?authMechanism=PLAIN&directConnection=true`;
    if (this.ferretdb === undefined) return;
    await this.admin(
      'postgres',
      `CREATE ROLE documents LOGIN PASSWORD '${this.password}'`,
      'CREATE DATABASE documents OWNER documents',
    );
    const tls = `sslmode=verify-full&sslrootcert=${this.ca}`;
    this.documents = new Process(
      this.ferretdb,
      [
        ...['--handler=postgresql', '--state-dir=-', '--telemetry=disable', '--debug-addr=-'],
        ...['--listen-addr=', `--listen-tls=localhost:${port}`, '--log-level=error'],
        `--listen-tls-cert-file=${join(this.directory, 'tls.crt')}`,
        `--listen-tls-key-file=${join(this.directory, 'tls.key')}`,
      ],
      {
        env: {
          FERRETDB_POSTGRESQL_URL: `postgres://localhost:${this.#postgresPort}/documents?${tls}`,
        },
      },
    );
    await this.documents.ready(() => knock(port));
  }
}

/** A JWKS with one new private key. */
export function signingKey(kid: string): object {
  return { ...generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }), kid };
}

function ferretdbBinary(): string | undefined {
  const path = process.env['FERRETDB'] ?? join(process.cwd(), '.cache/bin/ferretdb');
  return existsSync(path) ? path : undefined;
}

function unprivileged(): { uid: number; gid: number } {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((entry) => entry.split(':'))
    .find(([name]) => name === 'postgres');
  return { uid: Number(line?.[2] ?? 65_534), gid: Number(line?.[3] ?? 65_534) };
}

async function expectText(output: Promise<string>, text: string): Promise<void> {
  const got = await output;
  if (!got.includes(text)) throw new Error(got);
}

async function knock(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, 'localhost', () => {
      socket.destroy();
      resolve();
    });
    socket.once('error', reject);
  });
}
