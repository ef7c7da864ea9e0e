import { randomUUID } from 'node:crypto';

import { content } from '../../../src/db/proof.ts';
import type { TableContent } from '../../../src/db/proof.ts';
import { schemaOf } from '../../../src/db/placement.ts';
import type { Home, Placement } from '../../../src/db/placement.ts';
import { prelude } from '../../../src/db/models.ts';
import { withHome } from '../../../src/db/homes.ts';
import { sql } from '../../../src/db/pool.ts';
import type { TenantId } from '../../../src/db/tenancy.ts';
import type { Homes } from '../../support/homes.ts';

/** Rows of every kind: odd characters, empty values, unsent and sent events. */
export async function fill(homes: Homes, tenant: TenantId, users = 20): Promise<void> {
  await homes.db.run(tenant, async (query) => {
    for (let index = 0; index < users; index += 1) {
      const name = ['Ann', 'Zoë "quoted"', 'a\\b,(c)', '{1,2}', '', 'two\nlines', 'NULL', '日本'][
        index % 8
      ];
      await query.rows(sql`INSERT INTO users (tenant_id, id, email, name, password_hash)
        VALUES (${tenant}, ${randomUUID()}, ${`u${index}@${tenant}.test`}, ${name}, '-')`);
      await query.rows(sql`INSERT INTO audit_outbox (tenant_id, id, category, action, outcome, ip, request_id)
        VALUES (${tenant}, ${randomUUID()}, 'security', 'test.made', 'success',
                ${index % 2 === 0 ? '192.0.2.1/24' : null}, ${`r-${index}`})`);
    }
    const document = JSON.stringify({ 'a"b': [1.5, null, 'Zoë'], c: { d: true } });
    await query.rows(sql`INSERT INTO config_documents (tenant_id, key, version, id, document, author_id)
      VALUES (${tenant}, 'mail', 1, ${randomUUID()}, ${document}::jsonb, ${randomUUID()})`);
  });
}

export async function placementOf(homes: Homes, tenant: TenantId): Promise<Placement> {
  const { rows } = await homes.owner.query<Placement>(
    'SELECT model, home, epoch FROM control.tenants WHERE id = $1',
    [tenant],
  );
  return rows[0] as Placement;
}

/** Counts and sums of what a home, by default the tenant's own, holds of a tenant. */
export async function contentOf(
  homes: Homes,
  tenant: TenantId,
  at?: Home,
): Promise<TableContent[]> {
  const home = at ?? (await placementOf(homes, tenant));
  return withHome(homes.target('app_migrator'), home, async (client) => {
    await client.query('BEGIN');
    await client.query(`SELECT set_config('app.tenant_id', $1, true)`, [tenant]);
    return content({ client, schema: schemaOf(home) }, tenant);
  });
}

/** Whether a process that knows this placement can write there. */
export async function isWritable(
  homes: Homes,
  tenant: TenantId,
  placement: Placement,
): Promise<boolean> {
  const pool = homes.pool(placement.model === 'database' ? placement.home : homes.database, 1);
  try {
    await pool.transaction(prelude(tenant, placement, true), (query) =>
      query.rows(sql`UPDATE users SET name = name WHERE tenant_id = ${tenant}`),
    );
    return true;
  } catch {
    return false;
  } finally {
    await pool.end();
  }
}
