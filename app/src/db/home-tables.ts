import type pg from 'pg';

export interface Column {
  readonly name: string;
  /** With its modifiers, as in `numeric(10,2)`. */
  readonly type: string;
}

/** A table that holds a tenant's rows. Names are quoted where they need it. */
export interface HomeTable {
  readonly name: string;
  /** Those that are stored and not computed, by name: the order in the file may differ. */
  readonly columns: readonly Column[];
  readonly parents: readonly string[];
}

/** The tables of a home, each after those that its foreign keys point to. */
export async function homeTables(client: pg.Client, schema: string): Promise<HomeTable[]> {
  const { rows } = await client.query<HomeTable>(
    `SELECT quote_ident(c.relname) AS name,
            (SELECT json_agg(json_build_object('name', quote_ident(a.attname),
                                               'type', format_type(a.atttypid, a.atttypmod))
                             ORDER BY a.attname)
               FROM pg_attribute a
              WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                AND a.attgenerated = '') AS columns,
            (SELECT coalesce(json_agg(DISTINCT quote_ident(p.relname)), '[]')
               FROM pg_constraint k JOIN pg_class p ON p.oid = k.confrelid
              WHERE k.conrelid = c.oid AND k.contype = 'f' AND p.oid <> c.oid) AS parents
       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = $1 AND c.relkind IN ('r', 'p') AND NOT c.relispartition
        AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid
                     AND a.attname = 'tenant_id' AND NOT a.attisdropped)
      ORDER BY c.relname`,
    [schema],
  );
  const sorted: HomeTable[] = [];
  const left = new Map(rows.map((table) => [table.name, table]));
  while (left.size > 0) {
    const next = [...left.values()].find(({ parents }) => !parents.some((name) => left.has(name)));
    if (next === undefined) {
      throw new Error(`Foreign keys form a circle: ${[...left.keys()].join(', ')}.`);
    }
    sorted.push(next);
    left.delete(next.name);
  }
  return sorted;
}

/** `a, b, c` */
export const columnList = ({ columns }: HomeTable): string =>
  columns.map(({ name }) => name).join(', ');
