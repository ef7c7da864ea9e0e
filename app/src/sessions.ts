import { randomUUID } from 'node:crypto';

import type { TenantId } from './db/tenancy.ts';
import type { RedisClient } from './redis.ts';

/** A session ends after this time whatever happens; in seconds. */
export const SESSION_SECONDS = 3_600;
const IDLE_SECONDS = 1_800;

/**
 * Finds a session and marks it as used, at most once a minute. Its time to live is the idle time,
 * but never more than what is left of its absolute time.
 */
export const SESSION_SCRIPT = `
local s = redis.call('HMGET', KEYS[1], 'tid', 'uid', 'until', 'seen')
if not s[1] then return false end
local now = tonumber(redis.call('TIME')[1])
if now >= tonumber(s[3]) then return false end
if now - tonumber(s[4]) >= 60 then
  redis.call('HSET', KEYS[1], 'seen', now)
  redis.call('EXPIRE', KEYS[1], math.min(tonumber(ARGV[1]), tonumber(s[3]) - now))
end
return { s[1], s[2] }
`;

export interface Principal {
  readonly tenantId: TenantId;
  readonly userId: string;
  readonly sessionId: string;
}

// `app:` is all that the platform's Redis lets the application touch.
const key = (sessionId: string) => `app:sess:{${sessionId}}`;

export async function createSession(
  redis: RedisClient,
  tenantId: TenantId,
  userId: string,
): Promise<Principal> {
  const sessionId = randomUUID();
  const now = Math.floor(Date.now() / 1_000);
  const record = { tid: tenantId, uid: userId, until: now + SESSION_SECONDS, seen: now };
  // One slot, one round trip, and no session without an end if the process dies in between.
  await redis
    .multi()
    .hset(key(sessionId), record)
    .expire(key(sessionId), IDLE_SECONDS)
    .exec()
    .then((results) => {
      const failed = results?.find(([error]) => error !== null);
      if (failed?.[0]) throw failed[0];
    });
  return { tenantId, userId, sessionId };
}

/** True when the session lives and is this user's. */
export async function touchSession(redis: RedisClient, who: Principal): Promise<boolean> {
  const found = await redis.touchSession(key(who.sessionId), IDLE_SECONDS);
  return found !== null && found[0] === who.tenantId && found[1] === who.userId;
}
