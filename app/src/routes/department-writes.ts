import { randomUUIDv7 } from 'node:crypto';

import Type from 'typebox';

import { write } from '../act.ts';
import { sql } from '../db/pool.ts';
import type { Query } from '../db/pool.ts';
import type { TenantId } from '../db/tenancy.ts';
import type { Http } from '../http.ts';
import { Problem } from '../problem.ts';
import { ById, closed, Id, Name, NoQuery, Nothing, nullable, problems } from '../schemas.ts';
import type { Services } from '../services.ts';
import { Department, findDepartment } from './departments.ts';

const Parent = Type.Optional(nullable(Id));
const NewDepartment = closed({ orgId: Id, parentId: Parent, name: Name });
const DepartmentChange = closed(
  { parentId: Parent, name: Type.Optional(Name) },
  { minProperties: 1 },
);

/** Creates, changes and deletes departments, for administrators. They form a tree in each organization. */
export function departmentWriteRoutes(http: Http, services: Services): void {
  http.post(
    '/departments',
    {
      schema: {
        summary: 'Create a department',
        body: NewDepartment,
        querystring: NoQuery,
        response: { 201: Department, ...problems },
      },
    },
    async (request, reply) => {
      const { orgId, parentId = null, name } = request.body;
      const id = randomUUIDv7();
      const intent = { action: 'department.create', object: `department/${id}` };
      const department = await write(services, request, intent, async (query, tenant) => {
        const [, created] = await Promise.all([
          query.rows(sql`INSERT INTO departments (tenant_id, id, org_id, parent_id, name)
            VALUES (${tenant}, ${id}, ${orgId}, ${parentId}, ${name})`),
          findDepartment(query, tenant, id),
        ]);
        return created;
      });
      return reply.code(201).header('location', `/v1/departments/${id}`).send(department);
    },
  );

  http.patch(
    '/departments/:id',
    {
      schema: {
        summary: 'Rename a department or move it in its organization',
        params: ById,
        body: DepartmentChange,
        querystring: NoQuery,
        response: { 200: Department, ...problems },
      },
    },
    (request) => {
      const { id } = request.params;
      const { parentId, name = null } = request.body;
      const intent = { action: 'department.update', object: `department/${id}` };
      return write(services, request, intent, async (query, tenant) => {
        if (typeof parentId === 'string') await refuseCycle(query, tenant, id, parentId);
        const [, changed] = await Promise.all([
          query.rows(sql`UPDATE departments
              SET name = coalesce(${name}, name), updated_at = now(),
                  parent_id = CASE WHEN ${parentId !== undefined}::boolean
                                   THEN ${parentId ?? null}::uuid ELSE parent_id END
            WHERE tenant_id = ${tenant} AND id = ${id}`),
          findDepartment(query, tenant, id),
        ]);
        return changed;
      });
    },
  );

  http.delete(
    '/departments/:id',
    {
      schema: {
        summary: 'Delete a department without departments below it; its people stay members',
        params: ById,
        querystring: NoQuery,
        response: { 204: Nothing, ...problems },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const intent = { action: 'department.delete', object: `department/${id}` };
      await write(services, request, intent, async (query, tenant) => {
        const [gone] = await query.rows(sql`DELETE FROM departments
          WHERE tenant_id = ${tenant} AND id = ${id} RETURNING id`);
        if (gone === undefined) throw new Problem(404, 'There is no such department.');
      });
      return reply.code(204).send(null);
    },
  );
}

/** Throws a 422 when `parentId` is the department itself or lies below it. */
async function refuseCycle(
  query: Query,
  tenant: TenantId,
  id: string,
  parentId: string,
): Promise<void> {
  // One move at a time in an organization: two that are right by themselves can make a cycle together.
  await query.rows(sql`SELECT FROM organizations o
    WHERE o.tenant_id = ${tenant} AND o.id =
      (SELECT d.org_id FROM departments d WHERE d.tenant_id = ${tenant} AND d.id = ${id})
      FOR NO KEY UPDATE`);
  const below = await query.rows(sql`
    WITH RECURSIVE above AS (
      SELECT id, parent_id FROM departments WHERE tenant_id = ${tenant} AND id = ${parentId}
      UNION
      SELECT d.id, d.parent_id FROM departments d JOIN above ON d.id = above.parent_id
       WHERE d.tenant_id = ${tenant})
    SELECT FROM above WHERE id = ${id}`);
  if (below.length > 0) throw new Problem(422, 'A department cannot be below itself.');
}
