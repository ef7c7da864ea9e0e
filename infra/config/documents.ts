import { z } from 'zod';

import { count, resources } from './groups.ts';
import { objectName, size } from './values.ts';

const database = () => objectName().default('saas').describe('Name of the document database.');

/** Settings of the document store: one engine or the other, for the application the same. */
export const documents = z.discriminatedUnion('engine', [
  z.strictObject({
    engine: z.literal('ferretdb').describe('MongoDB protocol: FerretDB keeps it in PostgreSQL.'),
    replicas: count(1, 10).describe('FerretDB pods.'),
    database: database(),
    resources: resources('each FerretDB pod'),
  }),
  z.strictObject({
    engine: z.literal('percona').describe('A replica set of MongoDB servers.'),
    instances: z
      .union([z.literal(3), z.literal(5)])
      .default(3)
      .describe('Members of the replica set; each on a node of its own.'),
    storage: size().describe('Volume of each member. It grows but never shrinks.'),
    cache: size()
      .default('1Gi')
      .describe('Cache of each server; with 1Gi on top it fits into the memory limit.'),
    database: database(),
    resources: resources('each MongoDB server'),
  }),
]);
