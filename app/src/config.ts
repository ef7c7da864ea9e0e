import { readFileSync } from 'node:fs';

import Type from 'typebox';
import type { Static, TSchema } from 'typebox';
import Value from 'typebox/value';

export const ROLES = ['api', 'worker', 'migrate', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** Mistakes in the environment, all of them at once. Printed without a stack trace. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  constructor(problems: readonly string[]) {
    super(`The environment is not valid:\n${problems.map((line) => `  ${line}`).join('\n')}`);
  }
}

/** One PostgreSQL endpoint. `ssl: false` only where the URL says `sslmode=disable`. */
export interface PostgresTarget {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string;
  readonly ssl: false | { readonly rejectUnauthorized: true; readonly ca?: string };
}

const port = (value: number) =>
  Type.Integer({ minimum: 1, maximum: 65535, default: value, description: 'a port, 1 to 65535' });
const count = (value: number, description: string) =>
  Type.Integer({ minimum: 1, maximum: 1_000_000, default: value, description });
const file = (description: string) =>
  Type.Optional(Type.String({ pattern: '^/', description: `an absolute path: ${description}` }));
const postgresUrl = (role: string) =>
  Type.Optional(
    Type.String({
      pattern: '^postgres(ql)?://[^:/@]+:[^@]+@[^/@]+/.+',
      description: `postgres://USER:PASSWORD@HOST:PORT/DATABASE of the role ${role}`,
    }),
  );

// `description` is what the user is told to write; values are never echoed, they may be secrets.
const Environment = Type.Object({
  SERVICE_NAME: Type.String({
    default: 'api',
    pattern: '^[a-z][a-z0-9-]{0,30}$',
    description: 'a lower-case name for metrics and logs',
  }),
  PORT: port(3000),
  METRICS_PORT: port(9464),
  LOG_LEVEL: Type.String({
    default: 'info',
    pattern: '^(fatal|error|warn|info|debug|trace|silent)$',
    description: 'fatal, error, warn, info, debug, trace or silent',
  }),
  TRUST_PROXY: Type.String({
    default: 'false',
    pattern: '^(false|[1-9]|[0-9a-fA-F.:/]+(,[0-9a-fA-F.:/]+)*)$',
    description: '"false", the number of proxies in front, or their addresses or CIDRs',
  }),
  DRAIN_SECONDS: Type.Integer({
    minimum: 0,
    maximum: 60,
    default: 5,
    description: 'seconds between "not ready" and closing, at least one probe period',
  }),
  PG_POOLER_URL: postgresUrl('app_user, through the pooler'),
  PG_DIRECT_URL: postgresUrl('app_platform, past the pooler'),
  PG_MIGRATE_URL: postgresUrl('app_migrator, past the pooler'),
  PG_CA_FILE: file('the CA certificate of PostgreSQL and the pooler'),
  PG_POOL_MAX: count(20, 'connections per process'),
  PG_MEMORY_MB: count(1024, 'megabytes of the PostgreSQL server, which bound its tenant schemas'),
  PG_NAMED_STATEMENTS: Type.Boolean({
    default: true,
    description: 'false for a PgBouncer older than 1.21 in transaction mode',
  }),
  REDIS_NODES: Type.Optional(
    Type.String({
      pattern: '^[^,:\\s]+:\\d+(,[^,:\\s]+:\\d+)*$',
      description: 'HOST:PORT, several separated by commas',
    }),
  ),
  REDIS_MODE: Type.String({
    default: 'cluster',
    pattern: '^(cluster|single)$',
    description: 'cluster or single',
  }),
  REDIS_TLS: Type.Boolean({ default: true, description: 'true or false' }),
  REDIS_USERNAME: Type.String({ default: 'default', minLength: 1, description: 'an ACL user' }),
  REDIS_PASSWORD: Type.Optional(Type.String({ minLength: 1, description: 'its password' })),
  REDIS_CA_FILE: file('the CA certificate of Redis'),
  MONGO_URL: Type.Optional(
    Type.String({ pattern: '^mongodb(\\+srv)?://.+', description: 'mongodb://…' }),
  ),
  MONGO_DB: Type.Optional(
    Type.String({ pattern: '^[a-zA-Z0-9_-]{1,60}$', description: 'a database name' }),
  ),
  MONGO_CA_FILE: file('the CA certificate of the document store'),
  S3_ENDPOINT: Type.Optional(
    Type.String({ pattern: '^https?://[^/\\s]+$', description: 'the URL of the object store' }),
  ),
  S3_BUCKET: Type.Optional(
    Type.String({
      pattern: '^[a-z0-9][a-z0-9.-]{2,62}$',
      description: 'the bucket that holds objects of tenants under tenants/<id>/',
    }),
  ),
  S3_REGION: Type.String({ default: 'us-east-1', minLength: 1, description: 'its region' }),
  S3_ACCESS_KEY_ID: Type.Optional(Type.String({ minLength: 1, description: 'an access key' })),
  S3_SECRET_ACCESS_KEY: Type.Optional(Type.String({ minLength: 1, description: 'its secret' })),
  JWT_KEYS_FILE: file('a JWKS with private Ed25519 keys, the signing key first'),
  JWT_ISSUER: Type.Optional(
    Type.String({ pattern: '^https?://[^\\s]+$', description: 'the URL of this platform' }),
  ),
  RATE_LIMIT_PER_MINUTE: count(100, 'requests per user and minute'),
  RATE_LIMIT_PER_HOUR: count(1000, 'requests per user and hour'),
  RATE_LIMIT_AUTH_PER_MINUTE: count(10, 'sign-ins per address, and per account, and minute'),
  LOGIN_MAX_FAILURES: count(10, 'wrong passwords in a row that lock an account'),
  LOGIN_LOCK_SECONDS: count(900, 'seconds that an account stays locked'),
  PASSWORD_MAX_AGE_DAYS: count(90, 'days after which a password has to be changed'),
  SLOW_REQUEST_MS: count(1000, 'milliseconds above which a request is logged as slow'),
  OVERLOAD_UTILISATION: Type.Number({
    minimum: 0,
    maximum: 1,
    default: 0.95,
    description: 'busy share of a second, 0 to 1, from which requests are refused (with the next)',
  }),
  OVERLOAD_DELAY_MS: count(500, 'milliseconds of event-loop delay from which requests are refused'),
  OTLP_ENDPOINT: Type.Optional(
    Type.String({
      pattern: '^https?://[^\\s?#]+$',
      description: 'the URL of an OTLP/HTTP receiver, without /v1/traces',
    }),
  ),
  ADMIN_TOKENS_FILE: file('JSON list of { name, sha256 }, the hashes of the operators’ tokens'),
  DEMO_SEED_FILE: file('JSON list of { slug, name, email, password }'),
});
type Environment = Static<typeof Environment>;
type Name = keyof Environment;

const REQUIRED = {
  api: ['PG_POOLER_URL', 'REDIS_NODES', 'MONGO_URL', 'MONGO_DB', 'JWT_KEYS_FILE', 'JWT_ISSUER'],
  worker: ['PG_DIRECT_URL', 'REDIS_NODES', 'MONGO_URL', 'MONGO_DB'],
  migrate: ['PG_MIGRATE_URL'],
  admin: ['PG_MIGRATE_URL'],
} as const satisfies Record<Role, readonly Name[]>;

const FILES = [
  'PG_CA_FILE',
  'REDIS_CA_FILE',
  'MONGO_CA_FILE',
  'JWT_KEYS_FILE',
  'ADMIN_TOKENS_FILE',
  'DEMO_SEED_FILE',
] as const;

/** The checked environment; `files` holds the text of every named file, `postgres` the role's endpoint. */
export interface CheckedEnvironment<Required extends Name> {
  readonly role: Role;
  readonly env: Environment & { readonly [K in Required]: NonNullable<Environment[K]> };
  readonly files: Partial<Record<(typeof FILES)[number], string>>;
  readonly postgres: PostgresTarget;
}
// Distributes over a union of roles, so that a function for two roles takes either.
export type Config<R extends Role = Role> = R extends Role
  ? CheckedEnvironment<(typeof REQUIRED)[R][number]>
  : never;

/** The role comes first on the command line or from ROLE. */
export function readRole(argument: string | undefined, environment: NodeJS.ProcessEnv): Role {
  const wanted = argument ?? environment['ROLE'];
  const role = ROLES.find((known) => known === wanted);
  if (role === undefined) {
    throw new ConfigError([`ROLE: expected ${ROLES.join(', ')} (first argument or variable).`]);
  }
  return role;
}

/** Checks every variable of the role and reads its files; throws one {@link ConfigError} for all mistakes. */
export function loadConfig<R extends Role>(role: R, environment: NodeJS.ProcessEnv): Config<R> {
  const given = Object.fromEntries(
    Object.keys(Environment.properties)
      .map((name) => [name, environment[name]] as const)
      .filter(([, value]) => value !== undefined && value !== ''),
  );
  const env = Value.Convert(Environment, Value.Default(Environment, given)) as Environment;
  const problems = new Map<string, string>();

  for (const { instancePath } of Value.Errors(Environment, env)) {
    const name = instancePath.slice(1);
    problems.set(name, `${name}: not valid. Expected: ${expectation(name as Name)}.`);
  }
  for (const name of REQUIRED[role]) {
    if (env[name] === undefined) {
      problems.set(name, `${name}: missing. Expected: ${expectation(name)}.`);
    }
  }
  const files: Partial<Record<(typeof FILES)[number], string>> = {};
  for (const name of FILES) {
    const path = env[name];
    if (path === undefined || problems.has(name)) continue;
    try {
      files[name] = readFileSync(path, 'utf8');
    } catch (error) {
      problems.set(
        name,
        `${name}: ${path} cannot be read (${(error as NodeJS.ErrnoException).code}).`,
      );
    }
  }
  const urlName = REQUIRED[role][0];
  const url = env[urlName];
  let postgres: PostgresTarget | undefined;
  if (url !== undefined && !problems.has(urlName)) {
    try {
      postgres = postgresTarget(url, files.PG_CA_FILE);
    } catch (error) {
      problems.set(urlName, `${urlName}: ${(error as Error).message}`);
    }
  }
  if (problems.size > 0 || postgres === undefined) throw new ConfigError([...problems.values()]);
  return { role, env, files, postgres } as Config<R>;
}

/** The environment of a command that needs more than its role; throws a {@link ConfigError}. */
export function need<R extends Role, N extends Name>(
  { env }: Config<R>,
  ...names: readonly N[]
): Environment & { readonly [K in N]: NonNullable<Environment[K]> } {
  const given: Environment = env;
  const missing = names.filter((name) => given[name] === undefined);
  if (missing.length > 0) {
    throw new ConfigError(
      missing.map((name) => `${name}: missing. Expected: ${expectation(name)}.`),
    );
  }
  return given as Environment & { readonly [K in N]: NonNullable<Environment[K]> };
}

/** One variable, as its documentation shows it. */
export interface VariableDescription {
  readonly name: string;
  /** The roles that do not start without it. */
  readonly requiredBy: readonly Role[];
  /** Undefined when there is none. */
  readonly fallback: string | number | boolean | undefined;
  readonly expectation: string;
}

/** Every variable, in the order of the schema. */
export function describeVariables(): VariableDescription[] {
  return (Object.keys(Environment.properties) as Name[]).map((name) => {
    const schema: TSchema & { default?: string | number | boolean } = Environment.properties[name];
    const required = (role: Role) => (REQUIRED[role] as readonly Name[]).includes(name);
    return {
      name,
      requiredBy: ROLES.filter(required),
      fallback: schema.default,
      expectation: expectation(name),
    };
  });
}

function expectation(name: Name): string {
  const schema: TSchema & { description?: string } = Environment.properties[name];
  return schema.description ?? 'another value';
}

/**
 * Takes the URL apart instead of handing it to the driver, whose own reading of `sslmode` would
 * override the certificate check: here every connection is verified in full or plainly not encrypted.
 */
function postgresTarget(text: string, ca: string | undefined): PostgresTarget {
  const url = new URL(text);
  const mode = url.searchParams.get('sslmode') ?? 'verify-full';
  if (mode !== 'verify-full' && mode !== 'disable') {
    throw new Error('sslmode must be verify-full (the default) or disable.');
  }
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port || 5432),
    database: decodeURIComponent(url.pathname.slice(1)),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    ssl:
      mode === 'disable'
        ? false
        : { rejectUnauthorized: true, ...(ca === undefined ? {} : { ca }) },
  };
}
