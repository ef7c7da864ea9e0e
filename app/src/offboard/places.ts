import type { Db } from 'mongodb';

import type { RedisClient } from '../redis.ts';
import type { Bucket } from './bucket.ts';

/** Where something of a tenant may be, besides PostgreSQL. */
export interface Places {
  readonly documents: Db;
  readonly redis: RedisClient;
  /** Undefined on a platform without one for tenants. */
  readonly bucket: Bucket | undefined;
}

/** Where a tenant's objects are in the bucket. */
export const objectPrefix = (tenant: string): string => `tenants/${tenant}/`;
