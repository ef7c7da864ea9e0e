import { clearTenant } from './copy.ts';
import { asMover } from './move-context.ts';
import type { MoveContext } from './move-context.ts';
import { findMove, readMove, setState, together } from './move-record.ts';
import type { Move, MoveOptions } from './move-record.ts';
import type { Home } from './placement.ts';
import type { TenantId } from './tenancy.ts';

/**
 * Deletes the homes that a tenant has left, those whose time of keeping is over or, with `now`, all of
 * them. Returns how many moves can no longer be undone.
 */
export async function purge(options: MoveOptions, tenant: TenantId, now = false): Promise<number> {
  return asMover(options, tenant, (context) => purgeAll(context, tenant, now));
}

/** {@link purge} for who is the mover of this tenant already. */
export async function purgeAll(
  context: MoveContext,
  tenant: TenantId,
  now: boolean,
): Promise<number> {
  const { rows } = await context.main.query<{ id: string }>(
    `SELECT id FROM control.tenant_moves
        WHERE tenant_id = $1 AND (state = 'failing' OR state IN ('done', 'undone')
              AND (keep_until < now() OR $2)) ORDER BY started_at`,
    [tenant, now],
  );
  for (const { id } of rows) await purgeMove(context, await readMove(context.main, id));
  return rows.length;
}

/** Empties the home that a move has left behind: the old one or, when it failed, the new one. */
export async function purgeMove(context: MoveContext, move: Move): Promise<void> {
  const { main } = context;
  const failed = move.state === 'failing';
  const home = failed ? move.to : move.from;
  const needed = await isNeeded(context, move, home);
  if (!needed) await emptyHome(context, home, move.tenant);
  // Together: once the home is free for others, nobody may come back to empty it again.
  await together(main, async () => {
    if (!needed) {
      await main.query('DELETE FROM control.homes WHERE model = $1 AND home = $2', [
        home.model,
        home.home,
      ]);
    }
    await setState(main, move, failed ? 'failed' : 'purged');
  });
}

/** Whether the tenant lives there now, or is on its way, or another move could be undone into it. */
async function isNeeded({ main }: MoveContext, move: Move, home: Home): Promise<boolean> {
  const { rows } = await main.query<{ needed: boolean }>(
    `SELECT EXISTS (SELECT FROM control.tenants
                     WHERE id = $1 AND model = $2 AND home = $3)
         OR EXISTS (SELECT FROM control.tenant_moves
                     WHERE tenant_id = $1 AND id <> $4 AND state = 'done'
                       AND from_model = $2 AND from_home = $3) AS needed`,
    [move.tenant, home.model, home.home, move.id],
  );
  const open = await findMove(main, move.tenant);
  const [from, to] = [open?.from, open?.to];
  const inOpen = [from, to].some((one) => one?.model === home.model && one.home === home.home);
  return rows[0]?.needed === true || inOpen;
}

/** Deletes what a home holds of a tenant; a home that is the tenant's alone goes as a whole. */
export async function emptyHome(context: MoveContext, home: Home, tenant: TenantId): Promise<void> {
  const { main, side } = context;
  if (home.model === 'shared') {
    await together(main, async () => {
      await main.query(`SELECT set_config('app.tenant_id', $1, true)`, [tenant]);
      await clearTenant(await side(home), tenant);
    });
    return;
  }
  const { client } = await side(home);
  const schemas = home.model === 'database' ? 'app, control' : home.home;
  await client.query(`DROP SCHEMA IF EXISTS ${schemas} CASCADE`);
}
