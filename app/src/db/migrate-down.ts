import { listHomes, lockHome, withHome } from './homes.ts';
import { listsOf } from './migrate.ts';
import type { MigrateOptions } from './migrate.ts';
import { MigrationError, readMigrations } from './migration-files.ts';
import type { List } from './migration-files.ts';
import { prefixOf, readLedger, revert, schemaOfTarget } from './migration-target.ts';
import { SHARED } from './placement.ts';

/**
 * Takes the newest version of a list back in every home that has it, and returns the names. The
 * shared home comes last: while it has the version, a run that was stopped is simply run again.
 */
export async function migrateDown(options: MigrateOptions, list: List): Promise<string[]> {
  return withHome(options.target, SHARED, async (main) => {
    await lockHome(main);
    const newest = [...((await readLedger(main, schemaOfTarget({ list, home: SHARED }))) ?? [])]
      .sort(([one], [other]) => one.localeCompare(other))
      .at(-1);
    if (newest === undefined) return [];
    const [version, checksum] = newest;
    const migration = readMigrations(options.directory, list).find(
      (known) => known.version === version,
    );
    if (migration === undefined || migration.checksum !== checksum) {
      throw new MigrationError(
        `${list}/${version} is not in this release as it was applied, so this release cannot take it back.`,
      );
    }
    const reverted: string[] = [];
    const others = (await listHomes(main)).filter((home) => listsOf(home).includes(list));
    for (const home of [...others, SHARED]) {
      const target = { list, home };
      await withHome(options.target, home, async (client) => {
        if (home !== SHARED) await lockHome(client, home);
        const ledger = await readLedger(client, schemaOfTarget(target));
        if (ledger?.has(version) !== true) return;
        await revert(client, target, migration);
        const name = `${prefixOf(target)}${migration.file}`;
        options.log(`took back ${name}`);
        reverted.push(name);
      });
    }
    return reverted;
  });
}
