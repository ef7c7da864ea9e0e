import type { Pool } from './pool.ts';
import { sql } from './pool.ts';

interface RoleRow {
  current: string;
  role: string;
  superuser: boolean;
  bypass: boolean;
  owns: string[] | null;
}

/** What is wrong with the role of this connection and with those it can take on, one line each. */
export async function roleProblems(pool: Pool): Promise<string[]> {
  const problems: string[] = [];
  // Every role whose rights the current one has or could take by SET ROLE, itself included.
  const roles = await pool.rows<RoleRow>(sql`
    SELECT current_user AS current, r.rolname AS role, r.rolsuper AS superuser,
           r.rolbypassrls AS bypass,
           (SELECT array_agg(format('%I.%I', n.nspname, c.relname) ORDER BY n.nspname, c.relname)
              FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
             WHERE c.relowner = r.oid AND c.relkind IN ('r', 'p')
               AND n.nspname ~ '^(app|control|t_[a-z0-9]+)$') AS owns
      FROM pg_roles r WHERE pg_has_role(current_user, r.oid, 'MEMBER') ORDER BY r.rolname`);
  for (const { current, role, superuser, bypass, owns } of roles) {
    const who = role === current ? `role ${role}` : `role ${current}, as a member of ${role},`;
    // A superuser is a member of every role: one line says it all.
    if (superuser && role === current) {
      return [`${who} is a superuser, which no policy binds. Connect as app_user.`];
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
  return [...problems, ...(await schemaProblems(pool))];
}

/** A tenant schema is reached through its own role and through no other. */
async function schemaProblems(pool: Pool): Promise<string[]> {
  const open = await pool.rows<{ role: string; schema: string; current: boolean }>(sql`
    SELECT r.rolname AS role, n.nspname AS schema, r.rolname = current_user AS current
      FROM pg_namespace n CROSS JOIN pg_roles r
     WHERE n.nspname ~ '^t_[a-z0-9]+$' AND r.rolname <> n.nspname
       AND (r.rolname = current_user OR r.rolname ~ '^t_[a-z0-9]+$')
       AND has_schema_privilege(r.oid, n.oid, 'USAGE')
     ORDER BY 1, 2`);
  const closed = await pool.rows<{ schema: string }>(sql`
    SELECT n.nspname AS schema FROM pg_namespace n LEFT JOIN pg_roles r ON r.rolname = n.nspname
     WHERE n.nspname ~ '^t_[a-z0-9]+$'
       AND (r.oid IS NULL OR r.rolcanlogin OR NOT pg_has_role(current_user, r.oid, 'MEMBER'))
     ORDER BY 1`);
  return [
    ...open.map(({ role, schema, current }) =>
      current
        ? `role ${role} may use schema ${schema} without taking its role on. ` +
          `GRANT ${schema} TO ${role} WITH INHERIT FALSE; before PostgreSQL 16 ALTER ROLE ${role} NOINHERIT;`
        : `role ${role} may use schema ${schema}, another tenant's. REVOKE USAGE ON SCHEMA ${schema} FROM ${role};`,
    ),
    ...closed.map(
      ({ schema }) =>
        `schema ${schema} needs a role ${schema}, NOLOGIN, that this one can take on. ` +
        `CREATE ROLE ${schema} NOLOGIN; GRANT ${schema} TO app_user;`,
    ),
  ];
}
