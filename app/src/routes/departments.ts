import Type from 'typebox';
import type { Static } from 'typebox';

import { read } from '../act.ts';
import { sql } from '../db/pool.ts';
import type { Query } from '../db/pool.ts';
import type { TenantId } from '../db/tenancy.ts';
import type { Http } from '../http.ts';
import { PageOf, PageQuery } from '../paging.ts';
import type { Placed } from '../paging.ts';
import { Problem } from '../problem.ts';
import { ById, closed, Id, NoQuery, nullable, problems, Timestamp } from '../schemas.ts';
import type { Services } from '../services.ts';
import { findOrganization } from './organizations.ts';

export const Department = Type.Object({
  id: Type.String(),
  orgId: Type.String(),
  parentId: nullable(Type.String()),
  name: Type.String(),
  createdAt: Timestamp,
  updatedAt: Timestamp,
});
type Department = Static<typeof Department>;

/** A department of the tenant; throws a 404 for another tenant's exactly like for none. */
export async function findDepartment(
  query: Query,
  tenant: TenantId,
  id: string,
): Promise<Department> {
  const [department] = await query.rows<Department>(sql`
    SELECT id, org_id AS "orgId", parent_id AS "parentId", name,
           created_at AS "createdAt", updated_at AS "updatedAt"
      FROM departments WHERE tenant_id = ${tenant} AND id = ${id}`);
  if (department === undefined) throw new Problem(404, 'There is no such department.');
  return department;
}

/** `GET /departments?orgId=…` and `GET /departments/:id`. */
export function departmentRoutes(http: Http, services: Services): void {
  http.get(
    '/departments',
    {
      schema: {
        summary: 'List the departments of an organization, the newest first',
        querystring: closed({ ...PageQuery, orgId: Id }),
        response: { 200: PageOf(Department), ...problems },
      },
    },
    (request) => {
      const { orgId } = request.query;
      const intent = {
        action: 'department.list',
        object: `organization/${orgId}`,
        person: false,
      };
      return read(services, request, intent, async (query, tenant) => {
        const page = services.paging.open(tenant, `departments/${orgId}`, request.query);
        const [, rows] = await Promise.all([
          findOrganization(query, tenant, orgId),
          query.rows<Department & Placed>(sql`
            SELECT id, org_id AS "orgId", parent_id AS "parentId", name,
                   created_at AS "createdAt", updated_at AS "updatedAt", created_at::text AS at
              FROM departments
             WHERE tenant_id = ${tenant} AND org_id = ${orgId}
               AND (created_at, id) < (${page.at}::timestamptz, ${page.id}::uuid)
             ORDER BY created_at DESC, id DESC LIMIT ${page.fetch}`),
        ]);
        return page.close(rows);
      });
    },
  );

  http.get(
    '/departments/:id',
    {
      schema: {
        summary: 'Read a department',
        params: ById,
        querystring: NoQuery,
        response: { 200: Department, ...problems },
      },
    },
    (request) => {
      const { id } = request.params;
      const intent = { action: 'department.read', object: `department/${id}`, person: false };
      return read(services, request, intent, (query, tenant) => findDepartment(query, tenant, id));
    },
  );
}
