import { auditCollection, START } from './audit-chain.ts';
import type { Head } from './audit-chain.ts';
import { verifyChain } from './audit-verify.ts';
import { ConfigError, need } from './config.ts';
import type { Config } from './config.ts';
import { withHome } from './db/homes.ts';
import type { MigrateOptions } from './db/migrate.ts';
import { move, undo } from './db/move.ts';
import type { Move } from './db/move-record.ts';
import { fillSpares, onboard } from './db/onboard.ts';
import { MODELS, nameOf, SHARED } from './db/placement.ts';
import type { Model } from './db/placement.ts';
import { purge } from './db/purge.ts';
import { recoverMoves } from './db/recover.ts';
import type { TenantId } from './db/tenancy.ts';
import { createDocumentClient } from './documents.ts';
import { offboardCommand } from './offboard/command.ts';

const USAGE =
  'admin: expected audit verify <tenant>, move <tenant> <model>, undo <tenant>, recover, offboard <tenant> <file>, purge <tenant> [now], ' +
  'onboard <slug> <name> <model> or spares <model> <count>; models are shared, schema and database.';

/** What an operator does with tenants; returns the line to print. A tenant is named by its slug. */
export async function admin(
  args: readonly string[],
  options: MigrateOptions,
  config: Config<'admin'>,
): Promise<string> {
  const [action, first = '', second = '', third = ''] = args;
  switch (action) {
    case 'audit':
      if (first !== 'verify') throw new ConfigError([USAGE]);
      return verifyAudit(await tenant(second, options), options, config);
    case 'move':
      return report(await move(options, await tenant(first, options), model(second)));
    case 'undo':
      return report(await undo(options, await tenant(first, options)));
    case 'offboard':
      if (second === '') throw new ConfigError([USAGE]);
      return offboardCommand(first, second, options, config);
    case 'recover':
      return (await recoverMoves(options)).join('\n') || 'No move was left without its mover.';
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

/** What an operator asked to be verified is not as it should be. Printed without a stack. */
export class VerificationError extends Error {
  override readonly name = 'VerificationError';
}

async function verifyAudit(
  id: TenantId,
  { target }: MigrateOptions,
  config: Config<'admin'>,
): Promise<string> {
  const env = need(config, 'MONGO_URL', 'MONGO_DB');
  const documents = createDocumentClient({ env });
  try {
    const recorded = () =>
      withHome(target, SHARED, async (main) => {
        const { rows } = await main.query<Head>(
          'SELECT seq, hash FROM control.audit_heads WHERE tenant_id = $1',
          [id],
        );
        return rows[0] ?? START;
      });
    const events = auditCollection(documents.db(env.MONGO_DB));
    const { events: count, head, problems } = await verifyChain(events, id, recorded);
    if (problems.length > 0) {
      throw new VerificationError(`The audit trail is broken: ${problems.join('; ')}.`);
    }
    return `${count} events, an unbroken chain to ${head.hash}`;
  } finally {
    await documents.close();
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
