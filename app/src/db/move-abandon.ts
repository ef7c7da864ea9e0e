import { setFence } from './fence.ts';
import type { MoveContext } from './move-context.ts';
import { restoreStatus, setState, together } from './move-record.ts';
import type { Move } from './move-record.ts';
import { purgeMove } from './purge.ts';

/** Gives up a move before its switch: the old home is written to again, the new one is emptied. */
export async function abandon(context: MoveContext, move: Move, reason: string): Promise<void> {
  const { main, at } = context;
  // As soon as writers come back the copy is old. Should this run be killed, the next one copies again.
  if (move.state === 'copied') await setState(main, move, 'frozen');
  at('stale');
  await setFence(context, move.from, move.tenant, 'active');
  at('unfenced');
  await together(main, async () => {
    await restoreStatus(main, move);
    await main.query(
      `UPDATE control.tenant_moves SET state = 'failing', error = $2, ended_at = now() WHERE id = $1`,
      [move.id, reason],
    );
  });
  at('failing');
  await purgeMove(context, { ...move, state: 'failing' });
}
