import { randomUUIDv7 } from 'node:crypto';

import type pg from 'pg';
import Type from 'typebox';
import type { Static } from 'typebox';
import Value from 'typebox/value';

import { ConfigError } from '../config.ts';
import type { PostgresTarget } from '../config.ts';
import { putAdministrator } from './administrators.ts';
import { withHome } from './homes.ts';
import { SHARED } from './placement.ts';
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
  await putAdministrator(target, tenant, { email, name, password });
}
