import { ConfigError } from './config.ts';
import { withHome } from './db/homes.ts';
import type { MigrateOptions } from './db/migrate.ts';
import { move, undo } from './db/move.ts';
import type { Move } from './db/move-record.ts';
import { fillSpares, onboard } from './db/onboard.ts';
import { MODELS, nameOf, SHARED } from './db/placement.ts';
import type { Model } from './db/placement.ts';
import { purge } from './db/purge.ts';
import type { TenantId } from './db/tenancy.ts';

const USAGE =
  'admin: expected move <tenant> <model>, undo <tenant>, purge <tenant> [now], ' +
  'onboard <slug> <name> <model> or spares <model> <count>; models are shared, schema and database.';

/** What an operator does with tenants; returns the line to print. A tenant is named by its slug. */
export async function admin(args: readonly string[], options: MigrateOptions): Promise<string> {
  const [action, first = '', second = '', third = ''] = args;
  switch (action) {
    case 'move':
      return report(await move(options, await tenant(first, options), model(second)));
    case 'undo':
      return report(await undo(options, await tenant(first, options)));
    case 'purge': {
      const count = await purge(options, await tenant(first, options), second === 'now');
      return `${count} old homes purged`;
    }
    case 'onboard':
      return withHome(options.target, SHARED, (main) =>
        onboard(main, { slug: first, name: second, model: model(third) }),
      );
    case 'spares': {
      const wanted = model(first);
      if (wanted === 'shared' || !/^\d{1,3}$/.test(second)) throw new ConfigError([USAGE]);
      const made = await withHome(options.target, SHARED, (main) =>
        fillSpares(main, wanted, Number(second), options),
      );
      return `${made} spare homes made`;
    }
    default:
      throw new ConfigError([USAGE]);
  }
}

function model(text: string): Model {
  const known = MODELS.find((name) => name === text);
  if (known === undefined) throw new ConfigError([USAGE]);
  return known;
}

async function tenant(slug: string, { target }: MigrateOptions): Promise<TenantId> {
  const { rows } = await withHome(target, SHARED, (main) =>
    main.query<{ id: TenantId }>('SELECT id FROM control.tenants WHERE slug = $1', [slug]),
  );
  const id = rows[0]?.id;
  if (id === undefined) throw new ConfigError([`There is no tenant "${slug}".`]);
  return id;
}

function report({ state, from, to, proof, frozenMs }: Move): string {
  const rows = proof?.target.reduce((sum, table) => sum + Number(table.rows), 0) ?? 0;
  return `${state}: ${nameOf(from)} to ${nameOf(to)}, ${rows} rows proven, writes frozen for ${frozenMs} ms`;
}
