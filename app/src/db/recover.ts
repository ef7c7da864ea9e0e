import { listMoves } from './move-record.ts';
import type { MoveOptions } from './move-record.ts';
import { MoveError } from './move-context.ts';
import { recover } from './move.ts';
import { withHome } from './homes.ts';
import { nameOf, SHARED } from './placement.ts';

/**
 * Ends every move whose mover is gone, so that no tenant stays closed for writers. Moves that somebody
 * works on are left alone; one that cannot be ended is told and keeps no other waiting.
 *
 * @returns one line for each
 */
export async function recoverMoves(options: MoveOptions): Promise<string[]> {
  const tenants = await withHome(options.target, SHARED, listMoves);
  const lines: string[] = [];
  for (const tenant of tenants) {
    try {
      const ended = await recover(options, tenant);
      if (ended === undefined) continue;
      const path = `${nameOf(ended.from)} to ${nameOf(ended.to)}`;
      lines.push(`tenant ${tenant}: the move from ${path} had no mover and is ${ended.state} now`);
    } catch (error) {
      const busy = error instanceof MoveError ? '' : ' Try: node app/src/server.ts admin recover.';
      lines.push(`tenant ${tenant}: ${(error as Error).message}${busy}`);
    }
  }
  return lines;
}
