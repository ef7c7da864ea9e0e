import { keyPages } from '../redis-keys.ts';
import type { RedisClient } from '../redis.ts';

/**
 * Every key of a tenant: those with its hash tag, the sessions of its people and what is revoked of
 * them. Reads the whole keyspace, in pages, so it is for rare occasions.
 *
 * @param users - ids of the tenant's users
 */
export async function tenantKeys(
  redis: RedisClient,
  tenant: string,
  users: readonly string[],
): Promise<string[]> {
  const found: string[] = [];
  const revoked = new Set(users.map((id) => `app:rev:{${id}}`));
  for await (const keys of keyPages(redis, 'app:*')) {
    const sessions = keys.filter((key) => key.startsWith('app:sess:'));
    const owners = await Promise.all(sessions.map((key) => redis.hget(key, 'tid')));
    found.push(
      ...keys.filter((key) => key.includes(`{${tenant}}`) || revoked.has(key)),
      ...sessions.filter((_, index) => owners[index] === tenant),
    );
  }
  return found;
}

/** Deletes keys one by one: in a cluster they lie on several nodes. */
export async function deleteKeys(redis: RedisClient, keys: readonly string[]): Promise<void> {
  await Promise.all(keys.map((key) => redis.unlink(key)));
}
