import { MongoClient } from 'mongodb';

import { Bucket } from '../../src/offboard/bucket.ts';
import type { BucketOptions } from '../../src/offboard/bucket.ts';
import type { Places } from '../../src/offboard/places.ts';
import { redisClient } from './redis.ts';
import type { RedisServers } from './redis.ts';

/** What a process needs to reach the places of a tenant; plain, so that it can be handed to another one. */
export interface PlaceAddresses extends RedisServers {
  readonly mongoUrl: string;
  readonly ca: string;
  readonly bucket: BucketOptions | undefined;
}

/** Opens them; `close` is the caller's. */
export async function openPlaces(
  addresses: PlaceAddresses,
): Promise<Places & { close: () => Promise<void> }> {
  const client = new MongoClient(addresses.mongoUrl, { tls: true, tlsCAFile: addresses.ca });
  const redis = await redisClient(addresses);
  return {
    documents: client.db('audit'),
    redis,
    bucket: addresses.bucket && new Bucket(addresses.bucket),
    close: async () => {
      redis.disconnect();
      await client.close();
    },
  };
}
