import { setFence } from './fence.ts';
import { asMover, MoveError } from './move-context.ts';
import { findMove } from './move-record.ts';
import type { MoveOptions } from './move-record.ts';
import type { Home } from './placement.ts';
import type { TenantId } from './tenancy.ts';

/** Keeps everybody of a tenant out, or lets them in again, wherever it lives. Throws while it is moved. */
export async function setStatus(
  options: MoveOptions,
  tenant: TenantId,
  status: 'active' | 'suspended',
): Promise<void> {
  await asMover(options, tenant, async (context) => {
    const { main } = context;
    if ((await findMove(main, tenant)) !== undefined) {
      throw new MoveError('A move of this tenant is under way. Finish or undo it first.');
    }
    const { rows } = await main.query<Home>(
      'UPDATE control.tenants SET status = $2 WHERE id = $1 RETURNING model, home',
      [tenant, status],
    );
    const [home] = rows;
    if (home !== undefined) await setFence(context, home, tenant, status);
  });
}
