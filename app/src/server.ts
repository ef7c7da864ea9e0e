import { join } from 'node:path';

import { startApi } from './api.ts';
import { ConfigError, loadConfig, readRole } from './config.ts';
import { GuardError } from './db/guard.ts';
import { migrate, MigrationError } from './db/migrate.ts';
import { seed } from './db/seed.ts';
import { untilReachable } from './lifecycle.ts';
import { startWorker } from './worker.ts';

const MIGRATIONS = join(import.meta.dirname, '..', 'migrations');

async function runMigrations(): Promise<void> {
  const config = loadConfig('migrate', process.env);
  const log = (msg: string) =>
    console.log(JSON.stringify({ level: 30, time: Date.now(), role: 'migrate', msg }));
  const options = { target: config.postgres, directory: MIGRATIONS, log };
  const applied = await untilReachable(
    () => migrate(options),
    60,
    (error) => log(`waiting for PostgreSQL: ${error.message}`),
  );
  log(`${applied.length} migrations applied`);
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
      await runMigrations();
      break;
  }
} catch (error) {
  // What the operator can mend is said in words; anything else is our mistake and keeps its stack.
  const plain =
    error instanceof ConfigError || error instanceof GuardError || error instanceof MigrationError;
  console.error(plain ? error.message : error);
  process.exit(1);
}
