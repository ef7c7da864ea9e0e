import { MoveError, asMover } from './move-context.ts';
import type { MoveContext } from './move-context.ts';
import { abandon } from './move-abandon.ts';
import { findMove, readMove } from './move-record.ts';
import type { Move, MoveOptions } from './move-record.ts';
import { BEFORE_SWITCH } from './move-state.ts';
import { STEPS } from './move-steps.ts';
import { makeHome } from './make-home.ts';
import { nameOf, SHARED } from './placement.ts';
import type { Home, Model } from './placement.ts';
import type { TenantId } from './tenancy.ts';

/**
 * Moves a tenant to a home of another model, or goes on with the move that was begun. Reads go on;
 * writes are refused for the time of the copy. On a failure before the switch everything is put back.
 * The old home is kept for {@link MoveOptions.keepDays}.
 */
export async function move(options: MoveOptions, tenant: TenantId, model: Model): Promise<Move> {
  return asMover(options, tenant, async (context) => {
    const open = await findMove(context.main, tenant);
    if (open !== undefined) {
      if (open.to.model !== model) {
        throw new MoveError(`A move to ${nameOf(open.to)} is under way. Finish or undo it first.`);
      }
      return finish(context, open);
    }
    return finish(context, await plan(context, tenant, model));
  });
}

/**
 * Gives up the move under way, or moves the tenant back into the home that was kept. What it has
 * written since comes along.
 */
export async function undo(options: MoveOptions, tenant: TenantId): Promise<Move> {
  return asMover(options, tenant, async (context) => {
    const open = await findMove(context.main, tenant);
    if (open !== undefined && BEFORE_SWITCH.includes(open.state)) {
      await abandon(context, open, 'given up');
      return readMove(context.main, open.id);
    }
    if (open !== undefined) {
      const finished = await finish(context, open);
      // It was an undo itself: what was asked for is done.
      if (finished.undoes !== null) return finished;
    }
    const last = await findMove(context.main, tenant, ['done']);
    const { rows } = await context.main.query<Home>(
      'SELECT model, home FROM control.tenants WHERE id = $1',
      [tenant],
    );
    // Another one may have been purged since, and then the last of those left is not the last move.
    if (last?.to.model !== rows[0]?.model || last?.to.home !== rows[0]?.home || !last) {
      throw new MoveError('No old home is kept for this tenant. Move it instead.');
    }
    return finish(context, await insert(context, tenant, last.from, last.id));
  });
}

/**
 * Ends a move whose mover is gone: gives it up before its switch, finishes it afterwards. Undefined
 * when there is none. Throws a {@link MoveError} while a mover works on the tenant.
 */
export async function recover(options: MoveOptions, tenant: TenantId): Promise<Move | undefined> {
  return asMover(options, tenant, async (context) => {
    const open = await findMove(context.main, tenant);
    if (open === undefined) return undefined;
    if (!BEFORE_SWITCH.includes(open.state)) return finish(context, open);
    await abandon(context, open, 'its mover was gone');
    return readMove(context.main, open.id);
  });
}

async function finish(context: MoveContext, begun: Move): Promise<Move> {
  let current = begun;
  try {
    for (;;) {
      context.at(current.state);
      const step = STEPS[current.state];
      if (step === undefined) return current;
      await step(context, current);
      current = await readMove(context.main, current.id);
    }
  } catch (error) {
    if (BEFORE_SWITCH.includes(current.state)) {
      // When this fails as well, the move stays as it is recorded and the next run goes on with it.
      await abandon(context, current, (error as Error).message).catch(() => undefined);
    }
    throw error;
  }
}

async function plan(context: MoveContext, tenant: TenantId, model: Model): Promise<Move> {
  const { main, options } = context;
  const { rows } = await main.query<Home>('SELECT model, home FROM control.tenants WHERE id = $1', [
    tenant,
  ]);
  const [from] = rows;
  if (from === undefined) throw new MoveError('There is no such tenant.');
  if (from.model === model) throw new MoveError(`The tenant is in model ${model} already.`);
  if (model === 'shared') return insert(context, tenant, SHARED, null);
  for (;;) {
    await main.query('BEGIN');
    const spare = await main.query<Home>(
      `UPDATE control.homes SET taken_at = now()
        WHERE (model, home) = (SELECT model, home FROM control.homes
                                WHERE model = $1 AND ready_at IS NOT NULL AND taken_at IS NULL
                                ORDER BY ready_at LIMIT 1 FOR UPDATE SKIP LOCKED)
       RETURNING model, home`,
      [model],
    );
    const [to] = spare.rows;
    // In one transaction: a home that is taken belongs to a move that is recorded.
    const planned = to && (await insert(context, tenant, to, null));
    await main.query('COMMIT');
    if (planned !== undefined) return planned;
    await makeHome(main, model, options);
  }
}

async function insert(
  { main }: MoveContext,
  tenant: TenantId,
  to: Home,
  undoes: string | null,
): Promise<Move> {
  const { rows } = await main.query<{ id: string }>(
    `INSERT INTO control.tenant_moves
       (tenant_id, from_model, from_home, to_model, to_home, status_before, undoes)
     SELECT id, model, home, $2, $3, status, $4 FROM control.tenants WHERE id = $1 RETURNING id`,
    [tenant, to.model, to.home, undoes],
  );
  return readMove(main, rows[0]?.id ?? '');
}
