import { randomUUIDv7 } from 'node:crypto';

import Type from 'typebox';
import type { Static } from 'typebox';

import { read, write } from '../act.ts';
import { sql } from '../db/pool.ts';
import type { Query } from '../db/pool.ts';
import type { TenantId } from '../db/tenancy.ts';
import type { Http } from '../http.ts';
import { PageOf, PageQuery } from '../paging.ts';
import type { Placed } from '../paging.ts';
import { Problem } from '../problem.ts';
import { ById, closed, Name, NoQuery, Nothing, problems, Timestamp } from '../schemas.ts';
import type { Services } from '../services.ts';

const Organization = Type.Object({
  id: Type.String(),
  name: Type.String(),
  createdAt: Timestamp,
  updatedAt: Timestamp,
});
type Organization = Static<typeof Organization>;
const Body = closed({ name: Name });

const missing = () => new Problem(404, 'There is no such organization.');

/** An organization of the tenant; throws a 404 for another tenant's exactly like for none. */
export async function findOrganization(
  query: Query,
  tenant: TenantId,
  id: string,
): Promise<Organization> {
  const [organization] = await query.rows<Organization>(sql`
    SELECT id, name, created_at AS "createdAt", updated_at AS "updatedAt"
      FROM organizations WHERE tenant_id = ${tenant} AND id = ${id}`);
  if (organization === undefined) throw missing();
  return organization;
}

/** `/organizations`: read by everybody of the tenant, written by its administrators. */
export function organizationRoutes(http: Http, services: Services): void {
  http.get(
    '/organizations',
    {
      schema: {
        summary: 'List organizations, the newest first',
        querystring: closed(PageQuery),
        response: { 200: PageOf(Organization), ...problems },
      },
    },
    (request) => {
      const intent = { action: 'organization.list', object: null, person: false };
      return read(services, request, intent, async (query, tenant) => {
        const page = services.paging.open(tenant, 'organizations', request.query);
        return page.close(
          await query.rows<Organization & Placed>(sql`
            SELECT id, name, created_at AS "createdAt", updated_at AS "updatedAt", created_at::text AS at
              FROM organizations
             WHERE tenant_id = ${tenant}
               AND (created_at, id) < (${page.at}::timestamptz, ${page.id}::uuid)
             ORDER BY created_at DESC, id DESC LIMIT ${page.fetch}`),
        );
      });
    },
  );

  http.get(
    '/organizations/:id',
    {
      schema: {
        summary: 'Read an organization',
        params: ById,
        querystring: NoQuery,
        response: { 200: Organization, ...problems },
      },
    },
    (request) => {
      const { id } = request.params;
      const intent = { action: 'organization.read', object: `organization/${id}`, person: false };
      return read(services, request, intent, (query, tenant) =>
        findOrganization(query, tenant, id),
      );
    },
  );

  http.post(
    '/organizations',
    {
      schema: {
        summary: 'Create an organization',
        body: Body,
        querystring: NoQuery,
        response: { 201: Organization, ...problems },
      },
    },
    async (request, reply) => {
      const id = randomUUIDv7();
      const intent = { action: 'organization.create', object: `organization/${id}` };
      const organization = await write(services, request, intent, async (query, tenant) => {
        const [, created] = await Promise.all([
          query.rows(sql`INSERT INTO organizations (tenant_id, id, name)
            VALUES (${tenant}, ${id}, ${request.body.name})`),
          findOrganization(query, tenant, id),
        ]);
        return created;
      });
      return reply.code(201).header('location', `/v1/organizations/${id}`).send(organization);
    },
  );

  http.patch(
    '/organizations/:id',
    {
      schema: {
        summary: 'Rename an organization',
        params: ById,
        body: Body,
        querystring: NoQuery,
        response: { 200: Organization, ...problems },
      },
    },
    (request) => {
      const { id } = request.params;
      const intent = { action: 'organization.update', object: `organization/${id}` };
      return write(services, request, intent, async (query, tenant) => {
        const [, changed] = await Promise.all([
          query.rows(sql`UPDATE organizations SET name = ${request.body.name}, updated_at = now()
            WHERE tenant_id = ${tenant} AND id = ${id}`),
          findOrganization(query, tenant, id),
        ]);
        return changed;
      });
    },
  );

  http.delete(
    '/organizations/:id',
    {
      schema: {
        summary: 'Delete an organization with its departments and memberships',
        params: ById,
        querystring: NoQuery,
        response: { 204: Nothing, ...problems },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const intent = { action: 'organization.delete', object: `organization/${id}` };
      await write(services, request, intent, async (query, tenant) => {
        const [gone] = await query.rows(sql`DELETE FROM organizations
          WHERE tenant_id = ${tenant} AND id = ${id} RETURNING id`);
        if (gone === undefined) throw missing();
      });
      return reply.code(204).send(null);
    },
  );
}
