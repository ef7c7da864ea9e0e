import { randomUUID } from 'node:crypto';

import type { TenantId } from './db/tenancy.ts';
import type { RedisClient } from './redis.ts';

/** A session ends after this time whatever happens, also when it is refreshed; in seconds. */
export const SESSION_SECONDS = 3_600;
const IDLE_SECONDS = 1_800;

/**
 * Finds a session and marks it as used, at most once a minute. Its time to live is the idle time,
 * but never more than what is left of its absolute time.
 */
export const SESSION_SCRIPT = `
local s = redis.call('HMGET', KEYS[1], 'tid', 'uid', 'until', 'seen', 'epoch', 'turn')
if not s[1] then return false end
local now = tonumber(redis.call('TIME')[1])
if now >= tonumber(s[3]) then return false end
if now - tonumber(s[4]) >= 60 then
  redis.call('HSET', KEYS[1], 'seen', now)
  redis.call('EXPIRE', KEYS[1], math.min(tonumber(ARGV[1]), tonumber(s[3]) - now))
end
return { s[1], s[2], s[5] or '', s[6] or '0' }
`;

/**
 * Moves a session to its next turn and answers { turn, seconds left }; false when there is none. A
 * turn that is over means that two parties hold the session's tokens: it ends, and turn is -1.
 */
export const ROTATE_SCRIPT = `
local s = redis.call('HMGET', KEYS[1], 'tid', 'uid', 'until', 'epoch', 'turn')
if not s[1] or s[1] ~= ARGV[1] or s[2] ~= ARGV[2] or (s[4] or '') ~= ARGV[3] then return false end
local left = tonumber(s[3]) - tonumber(redis.call('TIME')[1])
if left <= 0 then return false end
if (s[5] or '0') ~= ARGV[4] then
  redis.call('DEL', KEYS[1])
  return { -1, 0 }
end
local turn = redis.call('HINCRBY', KEYS[1], 'turn', 1)
redis.call('HSET', KEYS[1], 'seen', tonumber(s[3]) - left)
redis.call('EXPIRE', KEYS[1], math.min(tonumber(ARGV[5]), left))
return { turn, left }
`;

/** Takes a living session over into another epoch; a bare HSET could make one without an end. */
export const ADOPT_SCRIPT = `
if redis.call('EXISTS', KEYS[1]) == 1 then redis.call('HSET', KEYS[1], 'epoch', ARGV[1]) end
return 1
`;

export interface Principal {
  readonly tenantId: TenantId;
  readonly userId: string;
  /** `family` of a sign-in, then `family.turn` after each refresh. One record holds them all. */
  readonly sessionId: string;
}

// `app:` is all that the platform's Redis lets the application touch.
const key = (family: string) => `app:sess:{${family}}`;
/** Holds the epoch of a user: a session of another one is dead. Unset is the first epoch. */
const epochKey = (userId: string) => `app:rev:{${userId}}`;
/** Longer than any session of an epoch, which could otherwise outlive it and look revoked. */
const EPOCH_SECONDS = 2 * SESSION_SECONDS;

function split(sessionId: string): { family: string; turn: string } {
  const [family = '', turn = '0'] = sessionId.split('.');
  return { family, turn };
}

/**
 * The epoch for a session that is about to be made. Read it before the password is checked: what is
 * revoked in between then covers the new session as well.
 */
export async function sessionEpoch(redis: RedisClient, userId: string): Promise<string> {
  return (await redis.getex(epochKey(userId), 'EX', EPOCH_SECONDS)) ?? '';
}

export async function createSession(
  redis: RedisClient,
  tenantId: TenantId,
  userId: string,
  epoch: string,
): Promise<Principal> {
  const sessionId = randomUUID();
  const now = Math.floor(Date.now() / 1_000);
  const record = { tid: tenantId, uid: userId, until: now + SESSION_SECONDS, seen: now, epoch };
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

/** True when the session lives, is this user's and this is its latest turn. */
export async function touchSession(redis: RedisClient, who: Principal): Promise<boolean> {
  const { family, turn } = split(who.sessionId);
  const [found, epoch] = await Promise.all([
    redis.touchSession(key(family), IDLE_SECONDS),
    redis.get(epochKey(who.userId)),
  ]);
  if (found === null) return false;
  return [who.tenantId, who.userId, epoch ?? '', turn].every((part, at) => found[at] === part);
}

export type Rotation =
  | { readonly state: 'rotated'; readonly who: Principal; readonly seconds: number }
  /** `reused`: an earlier turn came back, so the whole session has been ended. */
  | { readonly state: 'gone' | 'reused' };

/** Gives a session its next identifier; the one before is dead at once. Its end does not move. */
export async function rotateSession(redis: RedisClient, who: Principal): Promise<Rotation> {
  const { family, turn } = split(who.sessionId);
  const epoch = await sessionEpoch(redis, who.userId);
  const owner = [who.tenantId, who.userId, epoch, turn] as const;
  const found = await redis.rotateSession(key(family), ...owner, IDLE_SECONDS);
  if (found === null) return { state: 'gone' };
  const [next, seconds] = found;
  if (next < 0) return { state: 'reused' };
  return { state: 'rotated', who: { ...who, sessionId: `${family}.${next}` }, seconds };
}

export async function endSession(redis: RedisClient, who: Principal): Promise<void> {
  await redis.del(key(split(who.sessionId).family));
}

/** Ends every session of a user, in every process, except the one of `keep`. */
export async function revokeSessions(
  redis: RedisClient,
  userId: string,
  keep?: Principal,
): Promise<void> {
  const epoch = randomUUID();
  await redis.set(epochKey(userId), epoch, 'EX', EPOCH_SECONDS);
  if (keep !== undefined) await redis.adoptSession(key(split(keep.sessionId).family), epoch);
}
