import { auditCollection } from '../audit-chain.ts';
import { listHomes } from '../db/homes.ts';
import type { MoveContext } from '../db/move-context.ts';
import { schemaOf, SHARED } from '../db/placement.ts';
import type { Home } from '../db/placement.ts';
import { content } from '../db/proof.ts';
import type { TenantId } from '../db/tenancy.ts';
import type { Erasure } from './offboarding.ts';
import { objectPrefix } from './places.ts';
import type { Places } from './places.ts';
import { tenantKeys } from './tenant-keys.ts';

/** Looks for a tenant in every place, as it is now, whatever was deleted before. */
export async function lookEverywhere(
  { main, side }: MoveContext,
  places: Places,
  tenant: TenantId,
  own: Home,
  users: readonly string[],
): Promise<Erasure> {
  const { documents, redis, bucket } = places;
  const schemas = (await listHomes(main)).filter(({ model }) => model === 'schema');
  const rows = async (home: Home): Promise<number> => {
    const { client, schema } = await side(home);
    await client.query('BEGIN READ ONLY');
    try {
      await client.query(`SELECT set_config('app.tenant_id', $1, true)`, [tenant]);
      const tables = await content({ client, schema }, tenant);
      return tables.reduce((sum, table) => sum + Number(table.rows), 0);
    } finally {
      await client.query('ROLLBACK');
    }
  };
  let found = 0;
  for (const home of [SHARED, ...schemas, ...(own.model === 'database' ? [own] : [])]) {
    found += await rows(home);
  }
  return {
    rows: found,
    homes: await remains(await side(own), own),
    documents: await auditCollection(documents).countDocuments({ tenantId: tenant }),
    redisKeys: (await tenantKeys(redis, tenant, users)).length,
    objects: bucket === undefined ? null : (await bucket.list(objectPrefix(tenant))).length,
  };
}

/** Schemas that are left of a home that was the tenant's alone. */
async function remains(
  { client }: Awaited<ReturnType<MoveContext['side']>>,
  home: Home,
): Promise<number> {
  if (home.model === 'shared') return 0;
  const schemas = home.model === 'database' ? ['app', 'control'] : [schemaOf(home)];
  const { rows } = await client.query<{ left: number }>(
    'SELECT count(*)::int AS left FROM pg_namespace WHERE nspname = ANY ($1)',
    [schemas],
  );
  return rows[0]?.left ?? 0;
}
