import { randomUUIDv7 } from 'node:crypto';

import type pg from 'pg';
import Type from 'typebox';
import type { Static } from 'typebox';
import Value from 'typebox/value';

import { ConfigError } from '../config.ts';
import type { PostgresTarget } from '../config.ts';
import { hashPassword, verifyPassword } from '../password.ts';
import { withHome } from './homes.ts';
import { schemaOf, SHARED } from './placement.ts';
import type { Placement } from './placement.ts';

const Seed = Type.Array(
  Type.Object(
    {
      slug: Type.String({ pattern: '^[a-z][a-z0-9-]{1,30}$' }),
      name: Type.String({ minLength: 1 }),
      email: Type.String({ pattern: '^[^@\\sA-Z]+@[^@\\sA-Z]+$' }),
      password: Type.String({ minLength: 12 }),
    },
    { additionalProperties: false },
  ),
);

/** Makes the demo accounts what the file says, each an administrator of its tenant. Running it again changes nothing. */
export async function seed(target: PostgresTarget, text: string): Promise<number> {
  let accounts: Static<typeof Seed>;
  try {
    accounts = Value.Parse(Seed, JSON.parse(text));
  } catch {
    throw new ConfigError([
      'DEMO_SEED_FILE: expected [{ "slug": "acme", "name": "Acme", "email": "lower@case", "password": "12 or more" }].',
    ]);
  }
  await withHome(target, SHARED, async (main) => {
    for (const account of accounts) await place(target, main, account);
  });
  return accounts.length;
}

/** Writes where the tenant lives, which is not the shared home for ever. */
async function place(
  target: PostgresTarget,
  main: pg.Client,
  { slug, name, email, password }: Static<typeof Seed>[number],
): Promise<void> {
  await main.query(
    'INSERT INTO control.tenants (id, slug, name) VALUES ($1, $2, $3) ON CONFLICT (slug) DO NOTHING',
    [randomUUIDv7(), slug, name],
  );
  const tenants = await main.query<Placement & { id: string; status: string }>(
    'SELECT id, model, home, epoch, status FROM control.tenants WHERE slug = $1',
    [slug],
  );
  const tenant = tenants.rows[0];
  if (tenant === undefined) throw new Error(`${slug} is gone again.`);
  // Nobody signs in there, and nobody may write.
  if (tenant.status === 'suspended') return;
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
        `UPDATE ${users} SET password_hash = $3 WHERE tenant_id = $1 AND id = $2`,
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
