import type pg from 'pg';

import { withHome } from './homes.ts';
import { migrateHome } from './migrate.ts';
import type { MigrateOptions } from './migrate.ts';
import type { Home } from './placement.ts';

/** The platform has not declared what a home needs. Printed without a stack; says how to provide it. */
export class ProvisionError extends Error {
  override readonly name = 'ProvisionError';
}

export type OwnModel = 'schema' | 'database';

// What the platform declares and nobody uses. A role whose rights app_user would have all the time,
// without taking it on, is no wall and therefore no candidate.
const FREE = {
  schema: `SELECT r.rolname AS home FROM pg_roles r
            WHERE r.rolname ~ '^t_[a-z0-9]{1,40}$' AND NOT r.rolcanlogin
              AND NOT r.rolsuper AND NOT r.rolbypassrls
              AND pg_has_role('app_user', r.oid, 'MEMBER')
              AND NOT pg_has_role('app_user', r.oid, 'USAGE')`,
  database: `SELECT d.datname AS home FROM pg_database d
              WHERE d.datname ~ '^t_[a-z0-9]{1,40}$' AND pg_get_userbyid(d.datdba) = current_user`,
};
const MISSING = {
  schema:
    'No role t_<key> is free for another tenant schema, and app_owner may not make one (no CREATEROLE). ' +
    'Declare it: CREATE ROLE t_<key> NOLOGIN; GRANT t_<key> TO app_user WITH INHERIT FALSE; ' +
    '(before PostgreSQL 16: ALTER ROLE app_user NOINHERIT; GRANT t_<key> TO app_user;)',
  database:
    'No database t_<key> of app_owner is free for another tenant, and app_owner may not make one (no CREATEDB). ' +
    'Declare it: CREATE DATABASE t_<key> OWNER app_owner;',
};

/** Takes a free role or database and makes a home of it, at the current version. Takes up broken ones. */
export async function makeHome(
  main: pg.Client,
  model: OwnModel,
  options: MigrateOptions,
): Promise<Home> {
  for (;;) {
    const { rows } = await main.query<{ home: string }>(
      `SELECT home FROM control.homes WHERE model = $1 AND ready_at IS NULL
       UNION ALL
       (SELECT home FROM (${FREE[model]}) free
         WHERE NOT EXISTS (SELECT FROM control.homes h WHERE h.model = $1 AND h.home = free.home)
         ORDER BY home)
       LIMIT 1`,
      [model],
    );
    const name = rows[0]?.home;
    if (name === undefined) throw new ProvisionError(MISSING[model]);
    const home: Home = { model, home: name };
    const made = await main.query<{ tenant_id: string }>(
      `INSERT INTO control.homes (model, home) VALUES ($1, $2)
       ON CONFLICT (model, home) DO UPDATE SET tenant_id = homes.tenant_id RETURNING tenant_id`,
      [model, name],
    );
    await migrateHome(home, options);
    if (model === 'database') await closeDatabase(home, made.rows[0]?.tenant_id ?? '', options);
    const ready = await main.query(
      `UPDATE control.homes SET ready_at = now()
        WHERE model = $1 AND home = $2 AND ready_at IS NULL`,
      [model, name],
    );
    // Otherwise another run made the same one ready meanwhile, and may have given it away.
    if (ready.rowCount === 1) return home;
  }
}

/** Lets only the application in, and the tenant that is to live there. */
async function closeDatabase(
  home: Home,
  tenant: string,
  { target }: MigrateOptions,
): Promise<void> {
  await withHome(target, home, async (client) => {
    await client.query(`REVOKE ALL ON DATABASE ${home.home} FROM PUBLIC`);
    await client.query(
      `GRANT CONNECT ON DATABASE ${home.home} TO app_user, app_platform, app_migrator`,
    );
    await client.query(
      `INSERT INTO control.tenants (id, slug, name, model, home) VALUES ($1, 'tenant', '', 'database', $2)
       ON CONFLICT DO NOTHING`,
      [tenant, home.home],
    );
  });
}
