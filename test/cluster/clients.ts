import { Resolver } from 'node:dns/promises';
import { readFileSync } from 'node:fs';
import type { LookupFunction } from 'node:net';
import { join } from 'node:path';

import { Cluster } from 'ioredis';
import pg from 'pg';

import { addresses } from '../../sandbox/addresses.ts';
import { clusterDir } from '../../sandbox/paths.ts';
import { get } from './support.ts';

const ca = () => readFileSync(join(clusterDir, 'platform-ca.crt'), 'utf8');

/** The application's secret environment, as its pods see it. */
async function applicationSecrets(): Promise<Record<string, string>> {
  const secrets = await get<{ items: { data?: Record<string, string> }[] }>('secrets -n saas-app');
  const entries = secrets.items.flatMap(({ data }) => Object.entries(data ?? {}));
  return Object.fromEntries(
    entries.map(([name, value]) => [name, Buffer.from(value, 'base64').toString()]),
  );
}

/** Asks the cluster's name service, which this machine does not use by itself. */
async function resolve(host: string): Promise<string> {
  const resolver = new Resolver({ timeout: 1000, tries: 2 });
  resolver.setServers([addresses.dnsService]);
  const name = host.endsWith('cluster.local') ? host : `${host}.cluster.local`;
  const [address] = await resolver.resolve4(name);
  if (address === undefined) throw new Error(`no address for ${host}`);
  return address;
}

/** A connection to the writable primary with the migration's rights; short limits, no retries. */
export async function databaseClient(): Promise<pg.Client> {
  const url = new URL((await applicationSecrets())['PG_MIGRATE_URL'] ?? '');
  const client = new pg.Client({
    host: await resolve(url.hostname),
    port: Number(url.port || '5432'),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database: url.pathname.slice(1),
    ssl: { ca: ca(), servername: url.hostname },
    connectionTimeoutMillis: 2000,
    query_timeout: 2000,
  });
  // Without a listener a broken connection would end the process.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

/** The same for a socket that dials a name. */
const lookup: LookupFunction = (name, options, callback) => {
  resolve(name).then(
    (address) => {
      if (options.all === true) callback(null, [{ address, family: 4 }]);
      else callback(null, address, 4);
    },
    (error: unknown) => {
      callback(error as Error, []);
    },
  );
};

/** The application's view of the Redis Cluster. */
export async function redisClient(): Promise<Cluster> {
  const { REDIS_PASSWORD: password } = await applicationSecrets();
  const host = 'redis.saas-data.svc.cluster.local';
  const client = new Cluster([{ host, port: 6379 }], {
    dnsLookup: (name, callback) => {
      callback(null, name);
    },
    redisOptions: {
      username: 'app',
      ...(password === undefined ? {} : { password }),
      tls: { ca: ca(), lookup },
      connectTimeout: 2000,
      commandTimeout: 2000,
    },
    clusterRetryStrategy: () => 100,
    slotsRefreshTimeout: 2000,
    slotsRefreshInterval: 1000,
  });
  client.on('error', () => undefined);
  await new Promise((resolve_) => client.once('ready', resolve_));
  return client;
}
