import type { onRequestHookHandler } from 'fastify';

import { authenticator } from './authenticate.ts';
import { Cache } from './cache.ts';
import type { Config } from './config.ts';
import { guardTenants } from './db/guard.ts';
import { Pool, sql } from './db/pool.ts';
import { TenantDb } from './db/tenancy.ts';
import { createDocumentClient } from './documents.ts';
import { Health } from './health.ts';
import { createHttp } from './http.ts';
import type { Http } from './http.ts';
import { closeOnSignal, untilReachable } from './lifecycle.ts';
import { Metrics } from './metrics.ts';
import { Overload } from './overload.ts';
import { decoyHash } from './password.ts';
import { Paging } from './paging.ts';
import { Problem } from './problem.ts';
import { connectRedis } from './redis.ts';
import { configDocumentWriteRoutes } from './routes/config-document-writes.ts';
import { configDocumentRoutes } from './routes/config-documents.ts';
import { directoryRoutes } from './routes/directory.ts';
import { loginRoute } from './routes/login.ts';
import { logoutRoutes } from './routes/logout.ts';
import { passwordRoute, renewRoute } from './routes/password.ts';
import { refreshRoute } from './routes/refresh.ts';
import type { Services } from './services.ts';
import { SpanExporter } from './span-exporter.ts';
import { statusRoutes } from './status.ts';
import { Tokens } from './tokens.ts';
import { readVersion } from './version.ts';

/** Connections of one process to one tenant's own database. */
const DATABASE_POOL_MAX = 3;

/** Starts the role that serves tenants. */
export async function startApi(config: Config<'api'>): Promise<void> {
  const { env, files } = config;
  const tokens = await Tokens.load(files.JWT_KEYS_FILE ?? '', env.JWT_ISSUER);
  const poolOptions = {
    max: env.PG_POOL_MAX,
    named: env.PG_NAMED_STATEMENTS,
    name: env.SERVICE_NAME,
  };
  const pool = new Pool(config.postgres, poolOptions);
  const db = new TenantDb(pool, {
    open: (database) =>
      new Pool({ ...config.postgres, database }, { ...poolOptions, max: DATABASE_POOL_MAX }),
  });
  const redis = connectRedis(config);
  const documents = createDocumentClient(config);
  const metrics = new Metrics(env.SERVICE_NAME);
  const health = new Health({
    required: { postgres: () => pool.rows(sql`SELECT 1`), redis: () => redis.ping() },
    optional: { documents: () => documents.db(env.MONGO_DB).command({ ping: 1 }) },
  });
  const version = readVersion();
  const endpoint = env.OTLP_ENDPOINT;
  const spans =
    endpoint === undefined
      ? undefined
      : new SpanExporter({ endpoint, service: env.SERVICE_NAME, version }, metrics);
  const http = createHttp(config, health, metrics, spans);
  statusRoutes(http, health, env.SERVICE_NAME, version);
  const overload = new Overload(
    { utilisation: env.OVERLOAD_UTILISATION, delayMs: env.OVERLOAD_DELAY_MS },
    metrics,
  );
  // Unhandled, the client would print every reconnection as a stack trace.
  redis.on('error', (error: Error) => http.log.warn({ err: error.message }, 'redis'));

  const services: Services = {
    db,
    redis,
    cache: new Cache(redis, metrics),
    tokens,
    paging: new Paging(files.JWT_KEYS_FILE ?? ''),
    limits: {
      auth: { name: 'auth', limit: env.RATE_LIMIT_AUTH_PER_MINUTE, seconds: 60 },
      minute: { name: 'minute', limit: env.RATE_LIMIT_PER_MINUTE, seconds: 60 },
      hour: { name: 'hour', limit: env.RATE_LIMIT_PER_HOUR, seconds: 3_600 },
    },
    passwordDays: env.PASSWORD_MAX_AGE_DAYS,
    lock: { failures: env.LOGIN_MAX_FAILURES, seconds: env.LOGIN_LOCK_SECONDS },
  };
  // First of all, because a refusal is to cost nothing.
  registerV1(http, services, overload.shed);

  await untilReachable(
    () => guardTenants(pool),
    25,
    (error) => http.log.warn({ err: error.message }, 'waiting for PostgreSQL'),
  );
  await decoyHash();
  const metricsServer = metrics.listen(env.METRICS_PORT);
  closeOnSignal(http, health, env.DRAIN_SECONDS, async () => {
    metricsServer.close();
    overload.stop();
    redis.disconnect();
    await spans?.stop();
    await Promise.all([pool.end(), db.end(), documents.close()]);
  });
  overload.start();
  await http.listen({ host: '::', port: env.PORT });
}

/** Everything under `/v1`, behind a token but for signing in. */
export function registerV1(http: Http, services: Services, shed?: onRequestHookHandler): void {
  void http.register(
    (v1, _options, done) => {
      if (shed !== undefined) v1.addHook('onRequest', shed);
      loginRoute(v1, services);
      refreshRoute(v1, services);
      renewRoute(v1, services);
      void v1.register((inside, _insideOptions, insideDone) => {
        const authenticate = authenticator(services);
        // Before validation and before "not found": a stranger learns nothing about what exists.
        inside.addHook('onRequest', authenticate);
        directoryRoutes(inside, services);
        configDocumentRoutes(inside, services);
        configDocumentWriteRoutes(inside, services);
        logoutRoutes(inside, services);
        passwordRoute(inside, services);
        insideDone();
      });
      v1.setNotFoundHandler({ preValidation: authenticator(services) }, () => {
        throw new Problem(404, 'There is nothing here.');
      });
      done();
    },
    { prefix: '/v1' },
  );
}
