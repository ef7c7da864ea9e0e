import type pg from 'pg';

import type { PostgresTarget } from '../config.ts';
import { listHomes, lockHome, withHome } from './homes.ts';
import { readMigrations } from './migration-files.ts';
import type { List, Migration } from './migration-files.ts';
import { apply, pending, prefixOf } from './migration-target.ts';
import { SHARED } from './placement.ts';
import type { Home } from './placement.ts';

export interface MigrateOptions {
  readonly target: PostgresTarget;
  /** Holds `platform/` and `tenant/`, each with `NNNN_name.up.sql` and `.down.sql` files. */
  readonly directory: string;
  readonly log: (message: string) => void;
}

/** Homes that are migrated at once, after the canary. */
const PARALLEL = 4;

/** The lists of a home. A tenant's own database has the control schema as well: as its fence. */
export const listsOf = ({ model }: Home): readonly List[] =>
  model === 'schema' ? ['tenant'] : ['platform', 'tenant'];

/**
 * Applies what is missing, oldest first, and returns the names; a second run returns none. The shared
 * home is the canary: only when it is done come the others, and the first failure stops the rest.
 */
export async function migrate(options: MigrateOptions): Promise<string[]> {
  return withHome(options.target, SHARED, async (main) => {
    await lockHome(main);
    const applied = await up(main, SHARED, options);
    const waiting = await listHomes(main);
    const failures: unknown[] = [];
    const worker = async () => {
      for (let home = waiting.shift(); home !== undefined; home = waiting.shift()) {
        try {
          applied.push(...(await migrateHome(home, options)));
        } catch (error) {
          failures.push(error);
          waiting.length = 0;
        }
      }
    };
    await Promise.all(Array.from({ length: PARALLEL }, worker));
    if (failures.length > 0) throw failures[0];
    return applied;
  });
}

/** Makes a home other than the shared one, or brings it up to date. */
export async function migrateHome(home: Home, options: MigrateOptions): Promise<string[]> {
  return withHome(options.target, home, async (client) => {
    await lockHome(client, home);
    return up(client, home, options);
  });
}

async function up(client: pg.Client, home: Home, options: MigrateOptions): Promise<string[]> {
  const applied: string[] = [];
  for (const list of listsOf(home)) {
    const target = { list, home };
    const known: readonly Migration[] = readMigrations(options.directory, list);
    for (const migration of await pending(client, target, known, options.log)) {
      const ms = await apply(client, target, migration);
      const name = `${prefixOf(target)}${migration.file}`;
      options.log(`applied ${name} in ${ms} ms`);
      applied.push(name);
    }
  }
  return applied;
}
