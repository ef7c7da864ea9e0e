import type pg from 'pg';

/**
 * Gives the role of a tenant schema, which has the schema's name, exactly the rights that the
 * migrations give `app_user`. There they stay without effect: `app_user` may not use the schema.
 * Made anew each time, so that a right taken from `app_user` is taken here as well.
 */
export async function grantLikeUser(client: pg.Client, schema: string): Promise<void> {
  for (const kind of ['TABLES', 'SEQUENCES', 'FUNCTIONS']) {
    await client.query(`REVOKE ALL ON ALL ${kind} IN SCHEMA ${schema} FROM ${schema}`);
  }
  const { rows } = await client.query<{ statement: string }>(
    `SELECT format('GRANT %s ON %s %s TO %I', a.privilege_type,
                   CASE c.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END,
                   c.oid::regclass, n.nspname) AS statement
       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, aclexplode(c.relacl) a
      WHERE n.nspname = $1 AND a.grantee = 'app_user'::regrole
     UNION ALL
     SELECT format('GRANT %s (%I) ON TABLE %s TO %I', a.privilege_type, t.attname,
                   c.oid::regclass, n.nspname)
       FROM pg_attribute t JOIN pg_class c ON c.oid = t.attrelid
       JOIN pg_namespace n ON n.oid = c.relnamespace, aclexplode(t.attacl) a
      WHERE n.nspname = $1 AND NOT t.attisdropped AND a.grantee = 'app_user'::regrole
     UNION ALL
     SELECT format('GRANT EXECUTE ON FUNCTION %s TO %I', p.oid::regprocedure, n.nspname)
       FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace, aclexplode(p.proacl) a
      WHERE n.nspname = $1 AND a.grantee = 'app_user'::regrole`,
    [schema],
  );
  for (const { statement } of rows) await client.query(statement);
}
