import { listHomes, withHome } from './homes.ts';
import { listsOf } from './migrate.ts';
import type { MigrateOptions } from './migrate.ts';
import { readMigrations } from './migration-files.ts';
import { readLedger, schemaOfTarget } from './migration-target.ts';
import { nameOf, SHARED } from './placement.ts';

/** `changed`: the file is not the one that was applied. `unknown`: this release has no such file. */
export type State = 'applied' | 'pending' | 'changed' | 'unknown' | 'unreachable';

export interface HomeStatus {
  /** `shared`, `schema t_a1`, `database t_a1`. */
  readonly home: string;
  /** By `list/version`. */
  readonly versions: Readonly<Record<string, State>>;
}

/** Every home and every version, without changing anything. */
export async function migrationStatus(options: Omit<MigrateOptions, 'log'>): Promise<HomeStatus[]> {
  const homes = await withHome(options.target, SHARED, listHomes);
  const statuses: HomeStatus[] = [];
  for (const home of [SHARED, ...homes]) {
    const versions: Record<string, State> = {};
    const ledgers = await withHome(options.target, home, async (client) => {
      const read = [];
      for (const list of listsOf(home)) {
        read.push({ list, ledger: await readLedger(client, schemaOfTarget({ list, home })) });
      }
      return read;
    }).catch(() => undefined);
    for (const list of listsOf(home)) {
      const known = readMigrations(options.directory, list);
      const ledger = ledgers?.find((found) => found.list === list)?.ledger;
      for (const { version, checksum } of known) {
        const recorded = ledger?.get(version);
        const applied = recorded === checksum ? 'applied' : 'changed';
        versions[`${list}/${version}`] =
          ledgers === undefined ? 'unreachable' : recorded === undefined ? 'pending' : applied;
      }
      for (const version of ledger?.keys() ?? []) {
        versions[`${list}/${version}`] ??= 'unknown';
      }
    }
    statuses.push({ home: nameOf(home), versions });
  }
  return statuses;
}

/** The matrix as text: a line per home, a column per version. */
export function printStatus(statuses: readonly HomeStatus[]): string {
  const columns = [...new Set(statuses.flatMap(({ versions }) => Object.keys(versions)))].sort();
  const width = Math.max(...statuses.map(({ home }) => home.length));
  const line = (first: string, cells: readonly string[]) =>
    [first.padEnd(width), ...cells.map((cell) => cell.padEnd(13))].join('  ').trimEnd();
  return [
    line('home', columns),
    ...statuses.map(({ home, versions }) =>
      line(
        home,
        columns.map((column) => versions[column] ?? '-'),
      ),
    ),
  ].join('\n');
}
