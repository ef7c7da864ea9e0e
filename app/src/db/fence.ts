import type { MoveContext } from './move-context.ts';
import type { Home } from './placement.ts';
import type { TenantId } from './tenancy.ts';

// A tenant's own database cannot see the control schema of the main one. It has a copy of the
// tenant's row, the fence, that is set before the main row says so and removed when the tenant leaves.

/** Keeps writers out of a home that is a database; does nothing for others, where the main row does it. */
export async function setFence(
  { side }: MoveContext,
  home: Home,
  tenant: TenantId,
  status: 'active' | 'moving' | 'suspended',
): Promise<void> {
  if (home.model !== 'database') return;
  const { client } = await side(home);
  await client.query('UPDATE control.tenants SET status = $2 WHERE id = $1', [tenant, status]);
}

/** Puts the row of a tenant that arrives into its database, closed for writers. */
export async function makeFence(
  { side, main }: MoveContext,
  home: Home,
  tenant: TenantId,
): Promise<void> {
  if (home.model !== 'database') return;
  const { client } = await side(home);
  const { rows } = await main.query<{ epoch: number }>(
    'SELECT epoch FROM control.tenants WHERE id = $1',
    [tenant],
  );
  // A spare home still has the row of the tenant that it was made for.
  await client.query('DELETE FROM control.tenants WHERE id <> $1', [tenant]);
  await client.query(
    `INSERT INTO control.tenants (id, slug, name, model, home, epoch, status)
     VALUES ($1, 'tenant', '', 'database', $2, $3, 'moving')
     ON CONFLICT (id) DO UPDATE SET epoch = excluded.epoch, status = excluded.status`,
    [tenant, home.home, (rows[0]?.epoch ?? 0) + 1],
  );
}

/** Removes it: nobody who still knows this home gets in. */
export async function removeFence(
  { side }: MoveContext,
  home: Home,
  tenant: TenantId,
): Promise<void> {
  if (home.model !== 'database') return;
  const { client } = await side(home);
  await client.query('DELETE FROM control.tenants WHERE id = $1', [tenant]);
}
