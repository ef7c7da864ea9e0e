import { randomUUIDv7 } from 'node:crypto';

import type { PostgresTarget } from '../config.ts';
import { hashPassword, verifyPassword } from '../password.ts';
import { withHome } from './homes.ts';
import { schemaOf } from './placement.ts';
import type { Placement } from './placement.ts';

export interface Administrator {
  /** In lower case. */
  readonly email: string;
  readonly name: string;
  readonly password: string;
}

/** Makes an account of a tenant what is asked for: there, an administrator, and with this password. */
export async function putAdministrator(
  target: PostgresTarget,
  tenant: Placement & { readonly id: string },
  { email, name, password }: Administrator,
): Promise<void> {
  const users = `${schemaOf(tenant)}.users`;
  await withHome(target, tenant, async (client) => {
    await client.query('BEGIN');
    // The owner is bound by the policies as well: without the tenant it could write no row.
    await client.query(
      `SELECT control.enter_tenant($1, $2, true), set_config('app.tenant_id', $1::text, true)`,
      [tenant.id, tenant.epoch],
    );
    const found = await client.query<{ id: string; password_hash: string }>(
      `SELECT id, password_hash FROM ${users} WHERE tenant_id = $1 AND email = $2`,
      [tenant.id, email],
    );
    const user = found.rows[0];
    if (user === undefined) {
      await client.query(
        `INSERT INTO ${users} (tenant_id, id, email, name, role, password_hash) VALUES ($1, $2, $3, $4, 'admin', $5)`,
        [tenant.id, randomUUIDv7(), email, name, await hashPassword(password)],
      );
    } else if (!(await verifyPassword(user.password_hash, password))) {
      await client.query(
        `UPDATE ${users} SET password_hash = $3, password_changed_at = now() WHERE tenant_id = $1 AND id = $2`,
        [tenant.id, user.id, await hashPassword(password)],
      );
    }
    // Also for an account that an older release made, before there were roles.
    await client.query(
      `UPDATE ${users} SET role = 'admin' WHERE tenant_id = $1 AND email = $2 AND role <> 'admin'`,
      [tenant.id, email],
    );
    await client.query('COMMIT');
  });
}
