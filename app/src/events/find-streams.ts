import { keyPages } from '../redis-keys.ts';
import type { RedisClient } from '../redis.ts';
import { streamKey, TENANTS } from './event.ts';

/** Removes a stream in which nothing is left and answers 1, else 0. */
export const RETIRE_SCRIPT = `
if redis.call('XLEN', KEYS[1]) > 0 then return 0 end
redis.call('DEL', KEYS[1])
return 1
`;

/** Puts every tenant that has a stream back on the list of those that may have events waiting. */
export async function findStreams(redis: RedisClient): Promise<void> {
  const prefix = streamKey('').slice(0, -1);
  for await (const keys of keyPages(redis, `${prefix}*`)) {
    for (const key of keys) await redis.sadd(TENANTS, key.slice(prefix.length, -1));
  }
}
