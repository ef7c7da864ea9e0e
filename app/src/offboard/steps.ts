import { setTimeout as sleep } from 'node:timers/promises';

import { auditCollection } from '../audit-chain.ts';
import { setFence } from '../db/fence.ts';
import type { MoveContext } from '../db/move-context.ts';
import { findMove, together } from '../db/move-record.ts';
import { awaitWriters } from '../db/move-steps.ts';
import type { Home } from '../db/placement.ts';
import { emptyHome, purgeAll } from '../db/purge.ts';
import type { TenantId } from '../db/tenancy.ts';
import { lookEverywhere } from './erasure.ts';
import { exportTenant } from './export.ts';
import { OffboardError, recordState } from './offboarding.ts';
import type { OffboardState, Offboarding } from './offboarding.ts';
import { objectPrefix } from './places.ts';
import type { Places } from './places.ts';
import { deleteKeys, tenantKeys } from './tenant-keys.ts';

/** What every step works with. */
export interface OffboardContext extends MoveContext {
  readonly places: Places;
  /** Where the tenant's data is handed over to. */
  readonly file: string;
}
type Step = (context: OffboardContext, leaving: Offboarding) => Promise<void>;

/** A worker in the middle of an event may still write a key; it ends soon. */
const REDIS_ROUNDS = 10;

/** What is done in each state. Each step can be done again: a killed run leaves it half done. */
export const STEPS: Partial<Record<OffboardState, Step>> = {
  /** Closes the tenant for everybody and waits for those who are inside. */
  async planned(context, { tenant }) {
    const { main, side } = context;
    if ((await findMove(main, tenant)) !== undefined) {
      throw new OffboardError('A move of this tenant is under way. Finish or undo it first.');
    }
    await purgeAll(context, tenant, true);
    const home = await homeOf(context, tenant);
    await main.query(`UPDATE control.tenants SET status = 'suspended' WHERE id = $1`, [tenant]);
    await setFence(context, home, tenant, 'suspended');
    const { client, schema } = await side(home);
    await awaitWriters(client, tenant);
    let users: string[] = [];
    await together(client, async () => {
      await client.query(`SELECT set_config('app.tenant_id', $1, true)`, [tenant]);
      const { rows } = await client.query<{ id: string }>(
        `SELECT id FROM ${schema}.users WHERE tenant_id = $1`,
        [tenant],
      );
      users = rows.map(({ id }) => id);
    });
    await recordState(main, tenant, 'closed', { users });
  },

  async closed(context, { tenant }) {
    const { main, side, places, file } = context;
    const home = await side(await homeOf(context, tenant));
    const written = await exportTenant(home, places.documents, tenant, file);
    context.at('written');
    await recordState(main, tenant, 'exported', { export: written });
  },

  /** First of all places: from the outbox rows the worker would fill the others again. */
  async exported(context, { tenant }) {
    await emptyHome(context, await homeOf(context, tenant), tenant);
    context.at('emptied');
    await recordState(context.main, tenant, 'rows');
  },

  async rows({ main, places }, { tenant }) {
    await auditCollection(places.documents).deleteMany({ tenantId: tenant });
    await recordState(main, tenant, 'documents');
  },

  async documents({ main, places: { redis } }, { tenant, users }) {
    for (let round = 1; round <= REDIS_ROUNDS; round += 1) {
      const keys = await tenantKeys(redis, tenant, users ?? []);
      if (keys.length === 0) break;
      await deleteKeys(redis, keys);
      await sleep(500);
    }
    await recordState(main, tenant, 'redis');
  },

  async redis({ main, places: { bucket } }, { tenant }) {
    for (const object of (await bucket?.list(objectPrefix(tenant))) ?? []) {
      await bucket?.delete(object);
    }
    await recordState(main, tenant, 'objects');
  },

  /** The proof does not believe the steps before it. Only then the tenant's own row goes. */
  async objects(context, { tenant, users }) {
    const { main, places } = context;
    const home = await homeOf(context, tenant);
    const proof = await lookEverywhere(context, places, tenant, home, users ?? []);
    const left = Object.entries(proof).filter(([, count]) => Number(count) > 0);
    if (left.length > 0) {
      const what = left.map(([place, count]) => `${count} ${place}`).join(', ');
      // Back to where erasing begins; the next run does it all again.
      await recordState(main, tenant, 'exported');
      throw new OffboardError(`Something of the tenant is left: ${what}. Run the command again.`);
    }
    await together(main, async () => {
      await main.query('DELETE FROM control.tenant_moves WHERE tenant_id = $1', [tenant]);
      await main.query('DELETE FROM control.tenants WHERE id = $1', [tenant]);
      await main.query('DELETE FROM control.homes WHERE model = $1 AND home = $2', [
        home.model,
        home.home,
      ]);
      await main.query(
        `UPDATE control.offboardings SET state = 'done', slug = NULL, users = NULL, proof = $2,
                ended_at = now() WHERE tenant_id = $1`,
        [tenant, JSON.stringify(proof)],
      );
    });
  },
};

async function homeOf({ main }: MoveContext, tenant: TenantId): Promise<Home> {
  const { rows } = await main.query<Home>('SELECT model, home FROM control.tenants WHERE id = $1', [
    tenant,
  ]);
  const [home] = rows;
  if (home === undefined) throw new OffboardError('The tenant has vanished meanwhile.');
  return home;
}
