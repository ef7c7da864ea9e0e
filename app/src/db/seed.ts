import { randomUUIDv7 } from 'node:crypto';

import Type from 'typebox';
import type { Static } from 'typebox';
import Value from 'typebox/value';

import { ConfigError } from '../config.ts';
import type { PostgresTarget } from '../config.ts';
import { hashPassword, verifyPassword } from '../password.ts';
import { connectOwner } from './migrate.ts';

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
  const client = await connectOwner(target);
  try {
    for (const { slug, name, email, password } of accounts) {
      await client.query(
        'INSERT INTO control.tenants (id, slug, name) VALUES ($1, $2, $3) ON CONFLICT (slug) DO NOTHING',
        [randomUUIDv7(), slug, name],
      );
      await client.query('BEGIN');
      // The owner is bound by the policies as well: without the tenant it could write no row.
      const tenants = await client.query<{ id: string }>(
        `SELECT id, set_config('app.tenant_id', id::text, true) FROM control.tenants WHERE slug = $1`,
        [slug],
      );
      const tenant = tenants.rows[0]?.id;
      const users = await client.query<{ id: string; password_hash: string }>(
        'SELECT id, password_hash FROM app.users WHERE tenant_id = $1 AND email = $2',
        [tenant, email],
      );
      const user = users.rows[0];
      if (user === undefined) {
        await client.query(
          "INSERT INTO app.users (tenant_id, id, email, name, role, password_hash) VALUES ($1, $2, $3, $4, 'admin', $5)",
          [tenant, randomUUIDv7(), email, name, await hashPassword(password)],
        );
      } else if (!(await verifyPassword(user.password_hash, password))) {
        await client.query(
          'UPDATE app.users SET password_hash = $3 WHERE tenant_id = $1 AND id = $2',
          [tenant, user.id, await hashPassword(password)],
        );
      }
      // Also for an account that an older release made, before there were roles.
      await client.query(
        "UPDATE app.users SET role = 'admin' WHERE tenant_id = $1 AND email = $2 AND role <> 'admin'",
        [tenant, email],
      );
      await client.query('COMMIT');
    }
    return accounts.length;
  } finally {
    await client.end();
  }
}
