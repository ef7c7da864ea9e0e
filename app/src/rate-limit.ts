import type { RedisClient } from './redis.ts';

/**
 * Takes one request from every window or from none, and answers 0 or the whole seconds to wait.
 *
 * A sliding window made of two fixed ones: the previous count weighs as much as it still overlaps,
 * so the edge of a minute does not allow a double burst. One hash per window, all under one hash
 * tag, so that the call is legal in a cluster; the clock is the server's, so that many processes agree.
 */
export const RATE_LIMIT_SCRIPT = `
local time = redis.call('TIME')
local now = tonumber(time[1]) + tonumber(time[2]) / 1000000
local wait, states = 0, {}
for i, key in ipairs(KEYS) do
  local limit, size = tonumber(ARGV[2 * i - 1]), tonumber(ARGV[2 * i])
  local index = math.floor(now / size)
  local into = now / size - index
  local saved = redis.call('HMGET', key, 'index', 'count', 'before')
  local count, before = tonumber(saved[2] or 0), tonumber(saved[3] or 0)
  if tonumber(saved[1] or -1) == index - 1 then
    before, count = count, 0
  elseif tonumber(saved[1] or -1) ~= index then
    before, count = 0, 0
  end
  if count + before * (1 - into) + 1 > limit then
    local free
    if count + 1 <= limit then
      free = 1 - (limit - 1 - count) / before - into
    else
      free = 1 - into + math.max(0, 1 - (limit - 1) / count)
    end
    wait = math.max(wait, math.ceil(free * size), 1)
  end
  states[i] = { index, count + 1, before, 2 * size }
end
if wait > 0 then return wait end
for i, key in ipairs(KEYS) do
  local s = states[i]
  redis.call('HSET', key, 'index', s[1], 'count', s[2], 'before', s[3])
  redis.call('EXPIRE', key, s[4])
end
return 0
`;

export interface Window {
  /** Names the window in its key. */
  readonly name: string;
  readonly limit: number;
  readonly seconds: number;
}

/**
 * Takes one request of `subject`; 0 when allowed, else the seconds after which one fits again.
 * Refused requests are not counted, so a client that waits that long gets through.
 *
 * @param tag - what the key is hashed by in a cluster: every window of one call shares it
 */
export async function takeRate(
  redis: RedisClient,
  tag: string,
  subject: string,
  windows: readonly [Window] | readonly [Window, Window],
): Promise<number> {
  const values = [
    ...windows.map(({ name }) => `app:rl:{${tag}}:${subject}:${name}`),
    ...windows.flatMap(({ limit, seconds }) => [limit, seconds]),
  ];
  return windows.length === 1 ? redis.takeOne(...values) : redis.takeTwo(...values);
}
