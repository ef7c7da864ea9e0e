import Type from 'typebox';
import type { Static } from 'typebox';

import { read, write } from '../act.ts';
import { sql } from '../db/pool.ts';
import type { Http } from '../http.ts';
import { PageOf, PageQuery } from '../paging.ts';
import type { Placed } from '../paging.ts';
import { Problem } from '../problem.ts';
import {
  ById,
  closed,
  Id,
  NoQuery,
  Nothing,
  nullable,
  oneOf,
  problems,
  Timestamp,
} from '../schemas.ts';
import type { Services } from '../services.ts';
import { findOrganization } from './organizations.ts';
import { findUser } from './users.ts';

const Rank = oneOf('owner', 'admin', 'member');
const Membership = Type.Object({
  userId: Type.String(),
  orgId: Type.String(),
  departmentId: nullable(Type.String()),
  role: Rank,
  createdAt: Timestamp,
  updatedAt: Timestamp,
});
type Membership = Static<typeof Membership>;
const Place = closed({ id: Id, userId: Id });
const Body = closed({ role: Rank, departmentId: Type.Optional(nullable(Id)) });

const PATH = '/organizations/:id/memberships';
const object = (id: string, userId: string) => `organization/${id}/membership/${userId}`;

/** Who belongs to an organization, in which department and as what. */
export function membershipRoutes(http: Http, services: Services): void {
  http.get(
    PATH,
    {
      schema: {
        summary: 'List the memberships of an organization, the newest first',
        params: ById,
        querystring: closed(PageQuery),
        response: { 200: PageOf(Membership), ...problems },
      },
    },
    (request) => {
      const { id } = request.params;
      const intent = { action: 'membership.list', object: `organization/${id}`, person: true };
      return read(services, request, intent, async (query, tenant) => {
        const page = services.paging.open(tenant, `memberships/${id}`, request.query);
        const [, rows] = await Promise.all([
          findOrganization(query, tenant, id),
          query.rows<Membership & Placed>(sql`
            SELECT user_id AS id, user_id AS "userId", org_id AS "orgId",
                   department_id AS "departmentId", role,
                   created_at AS "createdAt", updated_at AS "updatedAt", created_at::text AS at
              FROM memberships
             WHERE tenant_id = ${tenant} AND org_id = ${id}
               AND (created_at, user_id) < (${page.at}::timestamptz, ${page.id}::uuid)
             ORDER BY created_at DESC, user_id DESC LIMIT ${page.fetch}`),
        ]);
        return page.close(rows);
      });
    },
  );

  http.put(
    `${PATH}/:userId`,
    {
      schema: {
        summary: 'Make a user a member of an organization, or change the membership',
        params: Place,
        body: Body,
        querystring: NoQuery,
        response: { 200: Membership, ...problems },
      },
    },
    (request) => {
      const { id, userId } = request.params;
      const { role, departmentId = null } = request.body;
      const intent = { action: 'membership.put', object: object(id, userId) };
      return write(services, request, intent, async (query, tenant) => {
        await Promise.all([findOrganization(query, tenant, id), findUser(query, tenant, userId)]);
        const [membership] = await query.rows<Membership>(sql`
          INSERT INTO memberships (tenant_id, user_id, org_id, department_id, role)
          VALUES (${tenant}, ${userId}, ${id}, ${departmentId}, ${role})
          ON CONFLICT (tenant_id, user_id, org_id) DO UPDATE
            SET department_id = excluded.department_id, role = excluded.role, updated_at = now()
          RETURNING user_id AS "userId", org_id AS "orgId", department_id AS "departmentId", role,
                    created_at AS "createdAt", updated_at AS "updatedAt"`);
        return membership as Membership;
      });
    },
  );

  http.delete(
    `${PATH}/:userId`,
    {
      schema: {
        summary: 'End a membership',
        params: Place,
        querystring: NoQuery,
        response: { 204: Nothing, ...problems },
      },
    },
    async (request, reply) => {
      const { id, userId } = request.params;
      const intent = { action: 'membership.delete', object: object(id, userId) };
      await write(services, request, intent, async (query, tenant) => {
        const [gone] = await query.rows(sql`DELETE FROM memberships
          WHERE tenant_id = ${tenant} AND org_id = ${id} AND user_id = ${userId} RETURNING user_id`);
        if (gone === undefined) throw new Problem(404, 'There is no such membership.');
      });
      return reply.code(204).send(null);
    },
  );
}
