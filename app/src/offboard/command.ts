import { once } from 'node:events';
import { resolve } from 'node:path';

import { need } from '../config.ts';
import type { Config } from '../config.ts';
import type { MigrateOptions } from '../db/migrate.ts';
import { createDocumentClient } from '../documents.ts';
import { connectRedis } from '../redis.ts';
import { Bucket } from './bucket.ts';
import { offboard } from './offboard.ts';

const CONNECT_MS = 10_000;

/** `admin offboard <tenant> <file>`: opens every place, offboards, and says what the proof found. */
export async function offboardCommand(
  slug: string,
  file: string,
  options: MigrateOptions,
  config: Config<'admin'>,
): Promise<string> {
  const env = need(config, 'MONGO_URL', 'MONGO_DB', 'REDIS_NODES');
  const bucket = config.env.S3_BUCKET === undefined ? undefined : openBucket(config);
  const documents = createDocumentClient({ env });
  const redis = connectRedis({ env, files: config.files });
  redis.on('error', () => undefined);
  try {
    await once(redis, 'ready', { signal: AbortSignal.timeout(CONNECT_MS) });
    const places = { documents: documents.db(env.MONGO_DB), redis, bucket };
    const { export: handed, proof } = await offboard(
      { ...options, places, file: resolve(file) },
      slug,
    );
    const lines = Object.values(handed?.lines ?? {}).reduce((sum, count) => sum + count, 0);
    const objects = proof?.objects === null ? 'no bucket to look in' : 'no object';
    return (
      `done: ${lines} lines handed over in ${handed?.file} (SHA-256 ${handed?.sha256}); ` +
      `no row, no document, no Redis key and ${objects} is left`
    );
  } finally {
    redis.disconnect();
    await documents.close();
  }
}

function openBucket(config: Config<'admin'>): Bucket {
  const env = need(
    config,
    ...(['S3_ENDPOINT', 'S3_BUCKET', 'S3_ACCESS_KEY_ID', 'S3_SECRET_ACCESS_KEY'] as const),
  );
  return new Bucket({
    endpoint: env.S3_ENDPOINT,
    bucket: env.S3_BUCKET,
    region: env.S3_REGION,
    accessKeyId: env.S3_ACCESS_KEY_ID,
    secretAccessKey: env.S3_SECRET_ACCESS_KEY,
  });
}
