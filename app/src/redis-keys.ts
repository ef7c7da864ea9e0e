import { Cluster } from 'ioredis';

import type { RedisClient } from './redis.ts';

const PAGE = 500;

/**
 * All keys that match a pattern, on every node, in pages. Reads the whole keyspace, so it is for rare
 * occasions; a key that changes meanwhile may come twice.
 */
export async function* keyPages(redis: RedisClient, pattern: string): AsyncGenerator<string[]> {
  const nodes = redis instanceof Cluster ? redis.nodes('master') : [redis];
  for (const node of nodes) {
    let cursor = '0';
    do {
      const [next, keys] = await node.scan(cursor, 'MATCH', pattern, 'COUNT', PAGE);
      yield keys;
      cursor = next;
    } while (cursor !== '0');
  }
}
