import type { Pool } from './pool.ts';
import { sql } from './pool.ts';

/** Built-in roles that read or write past grants, of whose rights the application must have none. */
const ALL_POWERFUL = [
  ...['pg_read_all_data', 'pg_write_all_data', 'pg_read_server_files', 'pg_write_server_files'],
  ...['pg_execute_server_program', 'pg_read_all_stats', 'pg_monitor'],
];

/** What around the tables, in every home of this database, would lead past their policies; one line each. */
export async function objectProblems(pool: Pool): Promise<string[]> {
  return [
    ...(await views(pool)),
    ...(await functions(pool)),
    ...(await keys(pool)),
    ...(await powers(pool)),
  ];
}

/** A view reads with its owner's rights unless it is told otherwise; a materialized one keeps what it has read. */
async function views(pool: Pool): Promise<string[]> {
  const found = await pool.rows<{ name: string; kept: boolean }>(sql`
    SELECT format('%I.%I', n.nspname, c.relname) AS name, c.relkind = 'm' AS kept
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname ~ '^(app|control|t_[a-z0-9]+)$'
       AND (c.relkind = 'm' OR c.relkind = 'v' AND NOT coalesce(
             (SELECT bool_or(option_value::boolean) FROM pg_options_to_table(c.reloptions)
               WHERE option_name = 'security_invoker'), false))
     ORDER BY 1`);
  return found.map(({ name, kept }) =>
    kept
      ? `${name} keeps rows of every tenant, and no policy binds its readers. DROP MATERIALIZED VIEW ${name};`
      : `${name} reads with its owner's rights. ALTER VIEW ${name} SET (security_invoker = true);`,
  );
}

/** A function with its owner's rights must say where it looks for names, and who may call it. */
async function functions(pool: Pool): Promise<string[]> {
  const found = await pool.rows<{ name: string; open: boolean; pinned: boolean }>(sql`
    SELECT p.oid::regprocedure::text AS name,
           EXISTS (SELECT FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
                    WHERE a.grantee = 0) AS open,
           EXISTS (SELECT FROM unnest(p.proconfig) c WHERE c LIKE 'search_path=%') AS pinned
      FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
     WHERE p.prosecdef AND n.nspname ~ '^(app|control|t_[a-z0-9]+)$'
     ORDER BY 1`);
  return found.flatMap(({ name, open, pinned }) => [
    ...(pinned
      ? []
      : [
          `${name} can be led astray. ALTER FUNCTION ${name} SET search_path = pg_catalog, pg_temp;`,
        ]),
    ...(open
      ? [`${name} lends its rights to everybody. REVOKE ALL ON FUNCTION ${name} FROM PUBLIC;`]
      : []),
  ]);
}

/** Checks of unique keys and numbers that count up tell about all tenants, whatever the policies say. */
async function keys(pool: Pool): Promise<string[]> {
  const unique = await pool.rows<{ name: string; table: string }>(sql`
    SELECT format('%I', i.relname) AS name, format('%I.%I', n.nspname, c.relname) AS table
      FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class c ON c.oid = x.indrelid
      JOIN pg_namespace n ON n.oid = c.relnamespace
      JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped
     WHERE x.indisunique AND x.indkey[0] <> a.attnum AND n.nspname ~ '^(app|t_[a-z0-9]+)$'
     ORDER BY 2, 1`);
  const counted = await pool.rows<{ column: string; table: string }>(sql`
    SELECT format('%I', a.attname) AS column, format('%I.%I', n.nspname, c.relname) AS table
      FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
      JOIN pg_namespace n ON n.oid = c.relnamespace
      LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
     WHERE n.nspname ~ '^(app|t_[a-z0-9]+)$' AND c.relkind IN ('r', 'p') AND NOT a.attisdropped
       AND (a.attidentity <> '' OR pg_get_expr(d.adbin, d.adrelid) LIKE 'nextval(%')
     ORDER BY 2, 1`);
  return [
    ...unique.map(
      ({ name, table }) =>
        `${table}: unique index ${name} tells what other tenants have. Begin its columns with tenant_id.`,
    ),
    ...counted.map(
      ({ column, table }) =>
        `${table}: ${column} counts over all tenants and tells how much they do. Use a UUID.`,
    ),
  ];
}

/** Rights that reach further than rows. */
async function powers(pool: Pool): Promise<string[]> {
  const roles = await pool.rows<{ role: string; current: string }>(sql`
    SELECT r.rolname AS role, current_user AS current FROM pg_roles r
     WHERE r.rolname = ANY (${ALL_POWERFUL}::name[])
       AND pg_has_role(current_user, r.oid, 'MEMBER') ORDER BY 1`);
  const grants = await pool.rows<{ table: string; privilege: string; role: string }>(sql`
    SELECT format('%I.%I', n.nspname, c.relname) AS table, a.privilege_type AS privilege,
           coalesce(r.rolname, 'PUBLIC') AS role
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, aclexplode(c.relacl) a
      LEFT JOIN pg_roles r ON r.oid = a.grantee
     WHERE n.nspname ~ '^(app|t_[a-z0-9]+)$' AND c.relkind IN ('r', 'p')
       AND a.grantee <> c.relowner
       AND (a.privilege_type IN ('REFERENCES', 'TRIGGER') OR a.grantee = 0)
     ORDER BY 1, 2`);
  return [
    ...roles.map(
      ({ role, current }) =>
        `role ${current} is a member of ${role}. REVOKE ${role} FROM ${current};`,
    ),
    ...grants.map(
      ({ table, privilege, role }) =>
        `${table}: ${role} has ${privilege}. REVOKE ${privilege} ON ${table} FROM ${role};`,
    ),
  ];
}
