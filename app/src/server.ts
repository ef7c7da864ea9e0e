import { join } from 'node:path';

import { admin, VerificationError } from './admin.ts';
import { startAdmin } from './admin-server.ts';
import { startApi } from './api.ts';
import { ConfigError, loadConfig, readRole } from './config.ts';
import { GuardError } from './db/guard.ts';
import { ProvisionError } from './db/make-home.ts';
import { migrateDown } from './db/migrate-down.ts';
import { migrationStatus, printStatus } from './db/migrate-status.ts';
import { migrate } from './db/migrate.ts';
import { MigrationError } from './db/migration-files.ts';
import { MoveError } from './db/move-context.ts';
import { recoverMoves } from './db/recover.ts';
import { seed } from './db/seed.ts';
import { untilReachable } from './lifecycle.ts';
import { OffboardError } from './offboard/offboarding.ts';
import { startWorker } from './worker.ts';

const USAGE = 'migrate: expected up, status, down [tenant|platform] or seed.';
const MIGRATIONS = join(import.meta.dirname, '..', 'migrations');

/** `migrate` alone goes up; `migrate status`, `migrate down [platform]` and `migrate seed` do what they say. */
async function runMigrations(action = 'up', list = 'tenant'): Promise<void> {
  const config = loadConfig('migrate', process.env);
  const log = (msg: string) =>
    console.log(JSON.stringify({ level: 30, time: Date.now(), role: 'migrate', msg }));
  const options = { target: config.postgres, directory: MIGRATIONS, log };
  const reachable = <T>(step: () => Promise<T>) =>
    untilReachable(step, 60, (error) => log(`waiting for PostgreSQL: ${error.message}`));
  switch (action) {
    case 'status':
      console.log(printStatus(await reachable(() => migrationStatus(options))));
      return;
    case 'down':
      if (list !== 'tenant' && list !== 'platform') throw new ConfigError([USAGE]);
      log(`${(await reachable(() => migrateDown(options, list))).length} migrations taken back`);
      return;
    case 'up':
      log(`${(await reachable(() => migrate(options))).length} migrations applied`);
      // A mover that was killed leaves its tenant closed for writers.
      for (const line of await recoverMoves(options)) log(line);
      break;
    case 'seed':
      break;
    default:
      throw new ConfigError([USAGE]);
  }
  if (config.files.DEMO_SEED_FILE !== undefined) {
    log(`${await seed(config.postgres, config.files.DEMO_SEED_FILE)} demo accounts in place`);
  }
}

try {
  const role = readRole(process.argv[2], process.env);
  switch (role) {
    case 'api':
      await startApi(loadConfig('api', process.env));
      break;
    case 'worker':
      await startWorker(loadConfig('worker', process.env));
      break;
    case 'migrate':
      await runMigrations(process.argv[3], process.argv[4]);
      break;
    case 'admin': {
      const config = loadConfig('admin', process.env);
      const options = { target: config.postgres, directory: MIGRATIONS, log: () => undefined };
      const args = process.argv.slice(3);
      if (args.length === 0) await startAdmin(config, options);
      else console.log(await admin(args, options, config));
      break;
    }
  }
} catch (error) {
  // What the operator can mend is said in words; anything else is our mistake and keeps its stack.
  const plain =
    error instanceof ConfigError ||
    error instanceof GuardError ||
    error instanceof MigrationError ||
    error instanceof MoveError ||
    error instanceof OffboardError ||
    error instanceof ProvisionError ||
    error instanceof VerificationError;
  console.error(plain ? error.message : error);
  process.exit(1);
}
