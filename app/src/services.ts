import type { Cache } from './cache.ts';
import type { TenantDb } from './db/tenancy.ts';
import type { Paging } from './paging.ts';
import type { Window } from './rate-limit.ts';
import type { RedisClient } from './redis.ts';
import type { LockRule } from './sign-in-attempts.ts';
import type { Tokens } from './tokens.ts';

/** What routes work with. */
export interface Services {
  readonly db: TenantDb;
  readonly redis: RedisClient;
  readonly cache: Cache;
  readonly tokens: Tokens;
  readonly paging: Paging;
  readonly limits: { readonly auth: Window; readonly minute: Window; readonly hour: Window };
  readonly lock: LockRule;
  /** Days after which a password has to be changed. */
  readonly passwordDays: number;
}
