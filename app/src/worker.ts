import { AuditRelay } from './audit.ts';
import type { Config } from './config.ts';
import { guardPlatform } from './db/guard.ts';
import { Pool, sql } from './db/pool.ts';
import { createDocumentClient } from './documents.ts';
import { Health } from './health.ts';
import { createHttp } from './http.ts';
import { closeOnSignal, untilReachable } from './lifecycle.ts';
import { Metrics } from './metrics.ts';
import { OutboxHomes } from './outbox-homes.ts';

/** Starts the role that carries audit events from PostgreSQL to the document store. */
export async function startWorker(config: Config<'worker'>): Promise<void> {
  const { env } = config;
  // Past the pooler and across tenants: the one place where the platform role is used.
  const pool = new Pool(config.postgres, { max: 2, named: true, name: env.SERVICE_NAME });
  const documents = createDocumentClient(config);
  const metrics = new Metrics(env.SERVICE_NAME);
  const health = new Health({
    required: { postgres: () => pool.rows(sql`SELECT 1`) },
    // Events wait in the outbox, so a lost document store is no reason to restart.
    optional: { documents: () => documents.db(env.MONGO_DB).command({ ping: 1 }) },
  });
  const http = createHttp(config, health, metrics);
  await untilReachable(
    () => guardPlatform(pool),
    25,
    (error) => http.log.warn({ err: error.message }, 'waiting for PostgreSQL'),
  );
  const homes = new OutboxHomes(
    pool,
    (database) =>
      new Pool({ ...config.postgres, database }, { max: 1, named: true, name: env.SERVICE_NAME }),
  );
  const relay = new AuditRelay(homes, documents.db(env.MONGO_DB), metrics);
  relay.start((error) => http.log.warn({ err: (error as Error).message }, 'audit relay'));
  const metricsServer = metrics.listen(env.METRICS_PORT);
  closeOnSignal(http, health, 0, async () => {
    metricsServer.close();
    await relay.stop();
    await Promise.all([pool.end(), homes.end(), documents.close()]);
  });
  await http.listen({ host: '::', port: env.PORT });
}
