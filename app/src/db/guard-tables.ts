import type { Pool } from './pool.ts';
import { sql } from './pool.ts';

interface TableRow {
  table: string;
  enabled: boolean;
  forced: boolean;
  restricted: boolean;
  truncate: boolean;
  user: string;
  references: string[] | null;
}

/** What is wrong with the tables of all homes in this database, one line each. */
export async function tableProblems(pool: Pool): Promise<string[]> {
  const problems: string[] = [];
  const tables = await pool.rows<TableRow>(sql`
    SELECT format('%I.%I', n.nspname, c.relname) AS table, c.relrowsecurity AS enabled,
           c.relforcerowsecurity AS forced,
           EXISTS (SELECT 1 FROM pg_policy p
                    WHERE p.polrelid = c.oid AND NOT p.polpermissive AND p.polcmd = '*'
                      AND p.polroles = '{0}'
                      AND pg_get_expr(p.polqual, p.polrelid) ~ 'tenant_id = .*app\.tenant_id'
                      AND pg_get_expr(p.polwithcheck, p.polrelid) ~ 'tenant_id = .*app\.tenant_id')
             AS restricted,
           coalesce(r.rolname, current_user) AS user,
           has_table_privilege(coalesce(r.rolname, current_user), c.oid, 'TRUNCATE') AS truncate,
           (SELECT array_agg(format('%I', k.conname) ORDER BY k.conname) FROM pg_constraint k
             WHERE k.conrelid = c.oid AND k.contype = 'f' AND a.attnum <> ALL (k.conkey)
               AND EXISTS (SELECT 1 FROM pg_attribute b
                            WHERE b.attrelid = k.confrelid AND b.attname = 'tenant_id'))
             AS references
      FROM pg_class c
      JOIN pg_namespace n ON n.oid = c.relnamespace
      JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped
      LEFT JOIN pg_roles r ON r.rolname = n.nspname AND n.nspname <> 'app'
     WHERE n.nspname ~ '^(app|t_[a-z0-9]+)$' AND c.relkind IN ('r', 'p')
     ORDER BY 1`);
  if (!tables.some(({ table }) => table.startsWith('app.'))) {
    problems.push('schema app has no tenant tables. Run the role "migrate" first.');
  }
  for (const { table, enabled, forced, restricted, truncate, user, references } of tables) {
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
        `${table} can be emptied past its policies. REVOKE TRUNCATE ON ${table} FROM ${user};`,
      );
    }
    for (const name of references ?? []) {
      problems.push(
        `${table}: foreign key ${name} leaves tenant_id out, and no policy binds its check. Begin its columns with tenant_id.`,
      );
    }
  }
  // By name and not by calling it: a call would need a tenant.
  const [entry] = await pool.rows<{ there: boolean }>(
    sql`SELECT EXISTS (SELECT 1 FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
                        WHERE n.nspname = 'control' AND p.proname = 'enter_tenant') AS there`,
  );
  if (entry?.there !== true && tables.length > 0) {
    problems.push('control.enter_tenant is missing. Run the role "migrate" of this release first.');
  }
  return problems;
}
