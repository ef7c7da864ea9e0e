import type { Config } from './config.ts';
import { need } from './config.ts';
import { withHome } from './db/homes.ts';
import type { MigrateOptions } from './db/migrate.ts';
import { SHARED } from './db/placement.ts';
import { recoverMoves } from './db/recover.ts';
import { Health } from './health.ts';
import { createHttp } from './http.ts';
import type { Http } from './http.ts';
import { closeOnSignal } from './lifecycle.ts';
import { Loop } from './loop.ts';
import { Metrics } from './metrics.ts';
import { Operators } from './operators.ts';
import { Problem } from './problem.ts';
import { tenantMoveRoutes } from './routes/tenant-moves.ts';
import { tenantRoutes } from './routes/tenants.ts';
import type { OperatorServices } from './tenants.ts';

/** How often moves are looked for that have lost their mover. */
const RECOVER_MS = 60_000;

/** Starts the role that serves operators. It owns every table, so nothing but its own host leads to it. */
export async function startAdmin(config: Config<'admin'>, options: MigrateOptions): Promise<void> {
  const env = need(config, 'ADMIN_TOKENS_FILE');
  const operators = new Operators(config.files.ADMIN_TOKENS_FILE ?? '', options.target);
  const metrics = new Metrics(env.SERVICE_NAME);
  const ping = () => withHome(options.target, SHARED, (main) => main.query('SELECT 1'));
  const health = new Health({ required: { postgres: ping }, optional: {} });
  const http = createHttp(config, health, metrics);
  registerAdmin(http, { operators, options, memory: env.PG_MEMORY_MB * 1_048_576 });
  const recovery = new Loop(async () => {
    for (const line of await recoverMoves(options)) http.log.warn({ move: line }, 'move recovered');
    return false;
  }, RECOVER_MS);
  recovery.start((error) => http.log.warn({ err: (error as Error).message }, 'recovery of moves'));
  const metricsServer = metrics.listen(env.METRICS_PORT);
  closeOnSignal(http, health, env.DRAIN_SECONDS, async () => {
    metricsServer.close();
    await recovery.stop();
  });
  await http.listen({ host: '::', port: env.PORT });
}

/** Everything under `/admin`, behind an operator's token. */
export function registerAdmin(http: Http, services: OperatorServices): void {
  void http.register(
    (admin, _options, done) => {
      const authenticate = (request: Parameters<Operators['of']>[0]): Promise<void> => {
        services.operators.of(request);
        return Promise.resolve();
      };
      // Before validation and before "not found": a stranger learns nothing about what exists.
      admin.addHook('onRequest', async (request) => authenticate(request));
      tenantRoutes(admin, services);
      tenantMoveRoutes(admin, services);
      admin.setNotFoundHandler({ preValidation: authenticate }, () => {
        throw new Problem(404, 'There is nothing here.');
      });
      done();
    },
    { prefix: '/admin' },
  );
}
