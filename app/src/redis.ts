import { Cluster, Redis } from 'ioredis';

import type { Config } from './config.ts';
import { RETIRE_SCRIPT } from './events/find-streams.ts';
import { RATE_LIMIT_SCRIPT } from './rate-limit.ts';
import { ADOPT_SCRIPT, ROTATE_SCRIPT, SESSION_SCRIPT } from './sessions.ts';

interface Scripts {
  /** See {@link RATE_LIMIT_SCRIPT}: the keys, then limit and seconds for each. */
  takeOne(...args: (string | number)[]): Promise<number>;
  takeTwo(...args: (string | number)[]): Promise<number>;
  /** See {@link SESSION_SCRIPT}: key, idle seconds. */
  touchSession(
    key: string,
    idleSeconds: number,
  ): Promise<[tenant: string, user: string, epoch: string, turn: string] | null>;
  /** See {@link ROTATE_SCRIPT}. */
  rotateSession(
    key: string,
    tenantId: string,
    userId: string,
    epoch: string,
    turn: string,
    idleSeconds: number,
  ): Promise<[turn: number, secondsLeft: number] | null>;
  /** See {@link RETIRE_SCRIPT}. */
  retireStream(key: string): Promise<number>;
  /** See {@link ADOPT_SCRIPT}. */
  adoptSession(key: string, epoch: string): Promise<number>;
}
export type RedisClient = (Redis | Cluster) & Scripts;

interface RedisAccess {
  readonly env: Pick<
    Config<'api'>['env'],
    | 'SERVICE_NAME'
    | 'REDIS_NODES'
    | 'REDIS_MODE'
    | 'REDIS_TLS'
    | 'REDIS_USERNAME'
    | 'REDIS_PASSWORD'
  >;
  readonly files: Config['files'];
}

/**
 * Connects in the background. Commands fail at once while there is no connection, so that a lost
 * Redis becomes a fast 503 instead of a growing queue.
 */
export function connectRedis({ env, files }: RedisAccess): RedisClient {
  const ca = files.REDIS_CA_FILE;
  const options = {
    username: env.REDIS_USERNAME,
    ...(env.REDIS_PASSWORD === undefined ? {} : { password: env.REDIS_PASSWORD }),
    ...(env.REDIS_TLS ? { tls: ca === undefined ? {} : { ca } } : {}),
    connectTimeout: 5_000,
    commandTimeout: 1_000,
    maxRetriesPerRequest: 1,
    connectionName: env.SERVICE_NAME,
  };
  const nodes = env.REDIS_NODES.split(',').map((node) => {
    const [host, port] = node.split(':');
    return { host: host ?? '', port: Number(port) };
  });
  const scripts = {
    // A fixed number of keys, because automatic pipelining finds the node by the first argument and
    // would take a number of keys given there for a key.
    takeOne: { lua: RATE_LIMIT_SCRIPT, numberOfKeys: 1 },
    takeTwo: { lua: RATE_LIMIT_SCRIPT, numberOfKeys: 2 },
    touchSession: { lua: SESSION_SCRIPT, numberOfKeys: 1 },
    rotateSession: { lua: ROTATE_SCRIPT, numberOfKeys: 1 },
    retireStream: { lua: RETIRE_SCRIPT, numberOfKeys: 1 },
    adoptSession: { lua: ADOPT_SCRIPT, numberOfKeys: 1 },
  };
  const client =
    env.REDIS_MODE === 'cluster'
      ? new Cluster(nodes, {
          redisOptions: options,
          scripts,
          enableOfflineQueue: false,
          enableAutoPipelining: true,
          slotsRefreshTimeout: 3_000,
          // Certificates carry names: resolving them here would leave an address to verify.
          dnsLookup: (address, callback) => callback(null, address),
          clusterRetryStrategy: (attempt) => Math.min(100 * attempt, 2_000),
        })
      : new Redis({
          ...nodes[0],
          ...options,
          scripts,
          enableOfflineQueue: false,
          enableAutoPipelining: true,
          retryStrategy: (attempt) => Math.min(100 * attempt, 2_000),
        });
  return client as RedisClient;
}
