import { connectRedis } from '../../src/redis.ts';
import type { RedisClient } from '../../src/redis.ts';
import type { Servers } from './servers.ts';

export type RedisServers = Pick<Servers, 'redisNodes' | 'password' | 'caText'>;

/** A client with the application's rights, once it is connected; the caller ends it by `disconnect`. */
export async function redisClient(servers: RedisServers): Promise<RedisClient> {
  const env = {
    SERVICE_NAME: 'test',
    REDIS_MODE: 'cluster',
    REDIS_NODES: servers.redisNodes,
    REDIS_TLS: true,
    REDIS_USERNAME: 'app',
    REDIS_PASSWORD: servers.password,
  };
  const client = connectRedis({ env, files: { REDIS_CA_FILE: servers.caText } });
  client.on('error', () => undefined);
  await new Promise<void>((resolve) => client.once('ready', () => resolve()));
  return client;
}
