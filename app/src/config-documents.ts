import { randomUUIDv7 } from 'node:crypto';

import type { Query } from './db/pool.ts';
import { sql } from './db/pool.ts';
import type { TenantId } from './db/tenancy.ts';
import { Problem } from './problem.ts';

/** One version of a configuration document. */
export interface ConfigVersion {
  readonly key: string;
  readonly version: number;
  /** Null when the document was deleted with this version. */
  readonly document: Record<string, unknown> | null;
  readonly authorId: string;
  readonly createdAt: Date;
}

export const missing = () => new Problem(404, 'There is no such document.');

/** The current version; throws a 404 when there is none or it was deleted. */
export async function findDocument(
  query: Query,
  tenant: TenantId,
  key: string,
): Promise<ConfigVersion & { document: object }> {
  const [found] = await query.rows<ConfigVersion & { document: object }>(sql`
    SELECT key, version, document, author_id AS "authorId", created_at AS "createdAt"
      FROM config_documents
     WHERE tenant_id = ${tenant} AND key = ${key} AND is_current AND document IS NOT NULL`);
  if (found === undefined) throw missing();
  return found;
}

/** Any version, the deleting ones too; throws a 404 when there is none. */
export async function findVersion(
  query: Query,
  tenant: TenantId,
  key: string,
  version: number,
): Promise<ConfigVersion> {
  const [found] = await query.rows<ConfigVersion>(sql`
    SELECT key, version, document, author_id AS "authorId", created_at AS "createdAt"
      FROM config_documents
     WHERE tenant_id = ${tenant} AND key = ${key} AND version = ${version}`);
  if (found === undefined) throw missing();
  return found;
}

/** What to write, and on top of what. */
export interface ConfigChange {
  readonly key: string;
  /** JSON text; null deletes. */
  readonly json: string | null;
  /** The version that the author knows, 0 for none; undefined when any will do. */
  readonly expected: number | undefined;
  readonly authorId: string;
}

/** Adds a version; throws a 409 when another one than expected is current. */
export async function addVersion(
  query: Query,
  tenant: TenantId,
  { key, json, expected, authorId }: ConfigChange,
): Promise<ConfigVersion> {
  // Held until the end: a second writer waits here and then finds another version.
  const [before] = await query.rows<{ version: number; deleted: boolean }>(sql`
    SELECT version, document IS NULL AS deleted FROM config_documents
     WHERE tenant_id = ${tenant} AND key = ${key} AND is_current FOR UPDATE`);
  const current = before === undefined || before.deleted ? 0 : before.version;
  if (expected !== undefined && expected !== current) {
    const now = current === 0 ? 'There is no version of it' : `Version ${current} is there`;
    throw new Problem(409, `The document is another one by now. ${now}.`);
  }
  if (json === null && current === 0) throw missing();
  query.send(sql`UPDATE config_documents SET is_current = false
    WHERE tenant_id = ${tenant} AND key = ${key} AND is_current`);
  const [added] = await query.rows<ConfigVersion>(sql`
    INSERT INTO config_documents (tenant_id, key, version, id, document, author_id)
    VALUES (${tenant}, ${key}, ${(before?.version ?? 0) + 1}, ${randomUUIDv7()}, ${json}::jsonb,
            ${authorId})
    RETURNING key, version, document, author_id AS "authorId", created_at AS "createdAt"`);
  return added as ConfigVersion;
}
