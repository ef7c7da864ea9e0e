import { AuditRelay } from './audit-relay.ts';
import { Cache } from './cache.ts';
import type { Config } from './config.ts';
import { guardPlatform } from './db/guard.ts';
import { Pool, sql } from './db/pool.ts';
import { createDocumentClient } from './documents.ts';
import { EventConsumer } from './events/consumer.ts';
import { handlers } from './events/handlers.ts';
import { EventPublisher } from './events/publisher.ts';
import { Health } from './health.ts';
import { createHttp } from './http.ts';
import { closeOnSignal, untilReachable } from './lifecycle.ts';
import { Metrics } from './metrics.ts';
import { OutboxHomes } from './outbox-homes.ts';
import { connectRedis } from './redis.ts';

/** Starts the role that carries what the outboxes hold to the document store and the queue, and works it off. */
export async function startWorker(config: Config<'worker'>): Promise<void> {
  const { env } = config;
  // Past the pooler and across tenants: the one place where the platform role is used.
  const pool = new Pool(config.postgres, { max: 4, named: true, name: env.SERVICE_NAME });
  const documents = createDocumentClient(config);
  const redis = connectRedis(config);
  const metrics = new Metrics(env.SERVICE_NAME);
  const health = new Health({
    required: { postgres: () => pool.rows(sql`SELECT 1`) },
    // Everything waits in the outboxes, so a store that is lost is no reason to restart.
    optional: {
      documents: () => documents.db(env.MONGO_DB).command({ ping: 1 }),
      redis: () => redis.ping(),
    },
  });
  const http = createHttp(config, health, metrics);
  await untilReachable(
    () => guardPlatform(pool),
    25,
    (error) => http.log.warn({ err: error.message }, 'waiting for PostgreSQL'),
  );
  // Unhandled, the client would print every reconnection as a stack trace.
  redis.on('error', (error: Error) => http.log.warn({ err: error.message }, 'redis'));
  const open = (database: string) =>
    new Pool({ ...config.postgres, database }, { max: 1, named: true, name: env.SERVICE_NAME });
  const warn = (what: string) => (error: unknown) =>
    http.log.warn({ err: (error as Error).message }, what);
  // Homes for each: the relay and the publisher go through them at their own pace.
  const homes = [new OutboxHomes(pool, open), new OutboxHomes(pool, open)] as const;
  const loops = {
    'audit relay': new AuditRelay({
      main: pool,
      homes: homes[0],
      documents: documents.db(env.MONGO_DB),
      metrics,
      failed: warn('audit relay'),
    }),
    'event publisher': new EventPublisher(homes[1], redis, metrics, warn('event publisher')),
    'event consumer': new EventConsumer(
      redis,
      handlers(new Cache(redis, metrics), metrics),
      metrics,
    ),
  };
  for (const [name, loop] of Object.entries(loops)) loop.start(warn(name));
  const metricsServer = metrics.listen(env.METRICS_PORT);
  closeOnSignal(http, health, 0, async () => {
    metricsServer.close();
    await Promise.all(Object.values(loops).map((loop) => loop.stop()));
    redis.disconnect();
    await Promise.all([pool.end(), ...homes.map((each) => each.end()), documents.close()]);
  });
  await http.listen({ host: '::', port: env.PORT });
}
