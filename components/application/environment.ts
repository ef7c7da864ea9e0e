import * as pulumi from '@pulumi/pulumi';

import type { TracingAccess } from '../tracing/tracing-access.ts';
import type { DataConnections } from './connections.ts';

/** Roles of the one image; each gets only the secrets that it needs. */
export type Role = 'api' | 'worker' | 'admin' | 'migrate';

export const PORT = 3000;
export const METRICS_PORT = 9464;
export const PATHS = {
  authorities: '/etc/saas/authorities',
  keys: '/etc/saas/keys',
  demo: '/etc/saas/demo',
  operators: '/etc/saas/operators',
} as const;

/** Addresses and settings that all roles share: nothing secret. */
export function sharedEnvironment(
  { redis, documents }: DataConnections,
  settings: { readonly logLevel: string; readonly issuer: string },
): Record<string, pulumi.Input<string>> {
  return {
    PORT: String(PORT),
    METRICS_PORT: String(METRICS_PORT),
    LOG_LEVEL: settings.logLevel,
    // Traefik is the only proxy that adds to X-Forwarded-For.
    TRUST_PROXY: '1',
    PG_POOL_MAX: '20',
    PG_CA_FILE: `${PATHS.authorities}/postgres.crt`,
    REDIS_NODES: redis.nodes.apply((nodes) => nodes.join(',')),
    REDIS_MODE: 'cluster',
    REDIS_TLS: 'true',
    REDIS_USERNAME: redis.username,
    REDIS_CA_FILE: `${PATHS.authorities}/redis.crt`,
    MONGO_DB: documents.database,
    MONGO_CA_FILE: `${PATHS.authorities}/documents.crt`,
    JWT_ISSUER: settings.issuer,
  };
}

/** Credentials of one role. Migrations own the schema, the API does not; only the worker sees all. */
export function secretEnvironment(
  role: Role,
  { postgres, redis, documents }: DataConnections,
): Record<string, pulumi.Output<string>> {
  const { roles, poolerHost, directHost } = postgres;
  const url = (host: pulumi.Input<string>, login: (typeof roles)['user']) =>
    pulumi
      .all([host, login.password])
      .apply(
        ([name, password]) =>
          `postgres://${encodeURIComponent(login.username)}:${encodeURIComponent(password)}` +
          `@${name}:${postgres.port}/${encodeURIComponent(postgres.database)}`,
      );
  switch (role) {
    case 'api':
      return {
        PG_POOLER_URL: url(poolerHost, roles.user),
        REDIS_PASSWORD: redis.password,
        MONGO_URL: documents.uri,
      };
    case 'worker':
      return {
        PG_DIRECT_URL: url(directHost, roles.platform),
        REDIS_PASSWORD: redis.password,
        MONGO_URL: documents.uri,
      };
    case 'admin':
    case 'migrate':
      return { PG_MIGRATE_URL: url(directHost, roles.migrator) };
  }
}

/** Where spans go. The app's client of it trusts what Node itself trusts, hence the variable. */
export function tracesEnvironment({
  endpoint,
}: TracingAccess): Record<string, pulumi.Input<string>> {
  return {
    OTLP_ENDPOINT: endpoint,
    NODE_EXTRA_CA_CERTS: `${PATHS.authorities}/traces.crt`,
  };
}

/** Certificates of the authorities by file name. */
export function authorities(
  { postgres, redis, documents }: DataConnections,
  traces?: TracingAccess,
): Record<string, pulumi.Output<string>> {
  return {
    'postgres.crt': postgres.caPem,
    'redis.crt': redis.caPem,
    'documents.crt': documents.caPem,
    ...(traces === undefined ? {} : { 'traces.crt': traces.caPem }),
  };
}
