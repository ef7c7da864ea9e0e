import { MongoClient } from 'mongodb';

import type { Config } from './config.ts';

interface DocumentAccess {
  readonly env: Pick<Config<'api'>['env'], 'SERVICE_NAME' | 'MONGO_URL' | 'MONGO_CA_FILE'>;
}

/** A client of the document store; it connects with the first command. */
export function createDocumentClient({ env }: DocumentAccess): MongoClient {
  const ca = env.MONGO_CA_FILE;
  return new MongoClient(env.MONGO_URL, {
    appName: env.SERVICE_NAME,
    maxPoolSize: 20,
    serverSelectionTimeoutMS: 5_000,
    connectTimeoutMS: 5_000,
    socketTimeoutMS: 45_000,
    ...(ca === undefined ? {} : { tls: true, tlsCAFile: ca }),
  });
}
