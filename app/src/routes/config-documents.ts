import Type from 'typebox';
import type { Static } from 'typebox';

import { read } from '../act.ts';
import { principal } from '../authenticate.ts';
import { findDocument, findVersion, missing } from '../config-documents.ts';
import { sql } from '../db/pool.ts';
import type { Http } from '../http.ts';
import { PageOf, PageQuery } from '../paging.ts';
import type { Placed } from '../paging.ts';
import { closed, NoQuery, nullable, problems, Timestamp } from '../schemas.ts';
import type { Services } from '../services.ts';

export const Key = Type.String({
  pattern: '^[a-z][a-z0-9._-]{0,63}$',
  description: 'what the document is called',
});
export const Document = Type.Unsafe<Record<string, unknown>>({
  type: 'object',
  additionalProperties: true,
  description: 'any JSON object',
});
const meta = {
  key: Type.String(),
  version: Type.Integer(),
  authorId: Type.String(),
  createdAt: Timestamp,
};
export const Current = Type.Object({ ...meta, document: Document });
const Version = Type.Object({ ...meta, document: nullable(Document) });
const Listed = Type.Object(meta);
type Listed = Static<typeof Listed>;
const ListedVersion = Type.Object({ ...meta, deleted: Type.Boolean() });
type ListedVersion = Static<typeof ListedVersion>;

export const ByKey = closed({ key: Key });
const ByVersion = closed({
  key: Key,
  version: Type.String({ pattern: '^[1-9][0-9]{0,8}$', description: 'a number from 1' }),
});

const PATH = '/config/:key';
export const objectOf = (key: string) => `config/${key}`;

/** Reads a tenant's configuration documents and every version that they ever had. */
export function configDocumentRoutes(http: Http, services: Services): void {
  http.get(
    '/config',
    {
      schema: {
        summary: 'List configuration documents, the last changed first',
        querystring: closed(PageQuery),
        response: { 200: PageOf(Listed), ...problems },
      },
    },
    (request) => {
      const intent = { action: 'config.list', object: null, person: false };
      return read(services, request, intent, async (query, tenant) => {
        const page = services.paging.open(tenant, 'config', request.query);
        return page.close(
          await query.rows<Listed & Placed>(sql`
            SELECT key, version, author_id AS "authorId", created_at AS "createdAt",
                   id, created_at::text AS at
              FROM config_documents
             WHERE tenant_id = ${tenant} AND is_current AND document IS NOT NULL
               AND (created_at, id) < (${page.at}::timestamptz, ${page.id}::uuid)
             ORDER BY created_at DESC, id DESC LIMIT ${page.fetch}`),
        );
      });
    },
  );

  http.get(
    PATH,
    {
      schema: {
        summary: 'Read a configuration document',
        params: ByKey,
        querystring: NoQuery,
        response: { 200: Current, ...problems },
      },
    },
    async (request) => {
      const { key } = request.params;
      const { tenantId } = principal(request);
      const intent = { action: 'config.read', object: objectOf(key), person: false };
      // Before the caller's transaction and not in it: a request that waits holds no connection.
      const [found] = await Promise.allSettled([
        services.cache.read(tenantId, objectOf(key), () =>
          services.db.read(tenantId, (query) => findDocument(query, tenantId, key)),
        ),
      ]);
      return read(services, request, intent, () => {
        if (found.status === 'rejected') throw found.reason;
        return Promise.resolve(found.value);
      });
    },
  );

  http.get(
    `${PATH}/versions`,
    {
      schema: {
        summary: 'List the versions of a configuration document, the newest first',
        params: ByKey,
        querystring: closed(PageQuery),
        response: { 200: PageOf(ListedVersion), ...problems },
      },
    },
    (request) => {
      const { key } = request.params;
      const intent = { action: 'config.history', object: objectOf(key), person: false };
      return read(services, request, intent, async (query, tenant) => {
        const page = services.paging.open(tenant, `config/${key}`, request.query);
        const rows = await query.rows<ListedVersion & Placed>(sql`
          SELECT key, version, author_id AS "authorId", created_at AS "createdAt",
                 document IS NULL AS deleted, id, created_at::text AS at
            FROM config_documents
           WHERE tenant_id = ${tenant} AND key = ${key}
             AND (created_at, id) < (${page.at}::timestamptz, ${page.id}::uuid)
           ORDER BY created_at DESC, id DESC LIMIT ${page.fetch}`);
        if (rows.length === 0 && request.query.cursor === undefined) throw missing();
        return page.close(rows);
      });
    },
  );

  http.get(
    `${PATH}/versions/:version`,
    {
      schema: {
        summary: 'Read one version of a configuration document; null when it was deleted with it',
        params: ByVersion,
        querystring: NoQuery,
        response: { 200: Version, ...problems },
      },
    },
    (request) => {
      const { key, version } = request.params;
      const object = `${objectOf(key)}/${version}`;
      const intent = { action: 'config.read_version', object, person: false };
      return read(services, request, intent, (query, tenant) =>
        findVersion(query, tenant, key, Number(version)),
      );
    },
  );
}
