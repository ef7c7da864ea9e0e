import type { Pool } from './pool.ts';
import { sql } from './pool.ts';

/** The database would not keep tenants apart; the process must not serve. Printed without a stack. */
export class GuardError extends Error {
  override readonly name = 'GuardError';
  constructor(problems: readonly string[]) {
    super(`Refusing to start:\n${problems.map((line) => `  ${line}`).join('\n')}`);
  }
}

interface RoleRow {
  current: string;
  role: string;
  superuser: boolean;
  bypass: boolean;
  owns: string[] | null;
}
interface TableRow {
  table: string;
  enabled: boolean;
  forced: boolean;
  restricted: boolean;
  truncate: boolean;
}

/** Refuses a role that row-level security does not bind, and tables that it does not protect. */
export async function guardTenants(pool: Pool): Promise<void> {
  const problems: string[] = [];
  // Every role whose rights the current one has or could take by SET ROLE, itself included.
  const roles = await pool.rows<RoleRow>(sql`
    SELECT current_user AS current, r.rolname AS role, r.rolsuper AS superuser,
           r.rolbypassrls AS bypass,
           (SELECT array_agg(format('%I.%I', n.nspname, c.relname) ORDER BY n.nspname, c.relname)
              FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
             WHERE c.relowner = r.oid AND c.relkind IN ('r', 'p')
               AND n.nspname IN ('app', 'control')) AS owns
      FROM pg_roles r WHERE pg_has_role(current_user, r.oid, 'MEMBER') ORDER BY r.rolname`);
  for (const { current, role, superuser, bypass, owns } of roles) {
    const who = role === current ? `role ${role}` : `role ${current}, as a member of ${role},`;
    // A superuser is a member of every role: one line says it all.
    if (superuser && role === current) {
      throw new GuardError([`${who} is a superuser, which no policy binds. Connect as app_user.`]);
    }
    if (superuser) problems.push(`${who} can become a superuser. REVOKE ${role} FROM ${current};`);
    if (bypass) {
      problems.push(
        role === current
          ? `${who} has BYPASSRLS. ALTER ROLE ${role} NOBYPASSRLS;`
          : `${who} can bypass row-level security. REVOKE ${role} FROM ${current};`,
      );
    }
    if (owns !== null) {
      problems.push(
        `${who} owns ${owns.join(', ')} and could switch its policies off. Use app_user.`,
      );
    }
  }

  const tables = await pool.rows<TableRow>(sql`
    SELECT format('%I.%I', n.nspname, c.relname) AS table, c.relrowsecurity AS enabled,
           c.relforcerowsecurity AS forced,
           EXISTS (SELECT 1 FROM pg_policy p
                    WHERE p.polrelid = c.oid AND NOT p.polpermissive AND p.polcmd = '*'
                      AND p.polroles = '{0}'
                      AND pg_get_expr(p.polqual, p.polrelid) ~ 'tenant_id = .*app\.tenant_id'
                      AND pg_get_expr(p.polwithcheck, p.polrelid) ~ 'tenant_id = .*app\.tenant_id')
             AS restricted,
           has_table_privilege(current_user, c.oid, 'TRUNCATE') AS truncate
      FROM pg_class c
      JOIN pg_namespace n ON n.oid = c.relnamespace
      JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped
     WHERE n.nspname = 'app' AND c.relkind IN ('r', 'p')
     ORDER BY 1`);
  if (tables.length === 0) {
    problems.push('schema app has no tenant tables. Run the role "migrate" first.');
  }
  for (const { table, enabled, forced, restricted, truncate } of tables) {
    if (!enabled) problems.push(`${table}: ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY;`);
    if (!forced) {
      problems.push(
        `${table} lacks FORCE, so its owner sees every tenant. ALTER TABLE ${table} FORCE ROW LEVEL SECURITY;`,
      );
    }
    if (!restricted) {
      problems.push(
        `${table} has no RESTRICTIVE policy for ALL to PUBLIC on tenant_id, as in migrations/tenant/0001.`,
      );
    }
    if (truncate) {
      problems.push(
        `${table} can be emptied past its policies. REVOKE TRUNCATE ON ${table} FROM app_user;`,
      );
    }
  }
  if (problems.length > 0) throw new GuardError(problems);
}

/** The relay reads the outbox of every tenant: it needs BYPASSRLS and must be nothing more. */
export async function guardPlatform(pool: Pool): Promise<void> {
  const [role] = await pool.rows<{ name: string; superuser: boolean; bypass: boolean }>(sql`
    SELECT rolname AS name, rolsuper AS superuser, rolbypassrls AS bypass
      FROM pg_roles WHERE rolname = current_user`);
  if (role === undefined || role.superuser) {
    throw new GuardError([`role ${role?.name} is a superuser. Connect as app_platform.`]);
  }
  if (!role.bypass) {
    throw new GuardError([
      `role ${role.name} is bound to one tenant, so it would relay nothing. Connect as app_platform.`,
    ]);
  }
}
