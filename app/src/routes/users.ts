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
import { ById, closed, NoQuery, oneOf, problems, Timestamp } from '../schemas.ts';
import type { Services } from '../services.ts';

export const Status = oneOf('active', 'disabled');
export const Role = oneOf('admin', 'member');
// The answer is made from this schema: a column that is not listed cannot leak.
export const User = Type.Object({
  id: Type.String(),
  email: Type.String(),
  name: Type.String(),
  role: Role,
  status: Status,
  createdAt: Timestamp,
});
type User = Static<typeof User>;

/** A user of the tenant; throws a 404 for another tenant's exactly like for none. */
export async function findUser(query: Query, tenant: TenantId, id: string): Promise<User> {
  // The policy alone would do; the predicate lets the index serve it and is a second wall.
  const [user] = await query.rows<User>(sql`
    SELECT id, email, name, role, status, created_at AS "createdAt"
      FROM users WHERE tenant_id = ${tenant} AND id = ${id}`);
  if (user === undefined) throw new Problem(404, 'There is no such user.');
  return user;
}

/** `GET /users` and `GET /users/:id`; both are recorded, because they tell about people. */
export function userRoutes(http: Http, services: Services): void {
  http.get(
    '/users',
    {
      schema: {
        summary: 'List users, the newest first',
        querystring: closed({ ...PageQuery, status: Type.Optional(Status) }),
        response: { 200: PageOf(User), ...problems },
      },
    },
    (request) => {
      const { status } = request.query;
      const intent = { action: 'user.list', object: null, person: true };
      return read(services, request, intent, async (query, tenant) => {
        const page = services.paging.open(tenant, `users/${status ?? ''}`, request.query);
        // Two statements, because a filter that may be absent would keep the index out of the plan.
        const statement =
          status === undefined
            ? sql`SELECT id, email, name, role, status, created_at AS "createdAt", created_at::text AS at
                FROM users
               WHERE tenant_id = ${tenant}
                 AND (created_at, id) < (${page.at}::timestamptz, ${page.id}::uuid)
               ORDER BY created_at DESC, id DESC LIMIT ${page.fetch}`
            : sql`SELECT id, email, name, role, status, created_at AS "createdAt", created_at::text AS at
                FROM users
               WHERE tenant_id = ${tenant} AND status = ${status}
                 AND (created_at, id) < (${page.at}::timestamptz, ${page.id}::uuid)
               ORDER BY created_at DESC, id DESC LIMIT ${page.fetch}`;
        return page.close(await query.rows<User & Placed>(statement));
      });
    },
  );

  http.get(
    '/users/:id',
    {
      schema: {
        summary: 'Read a user',
        params: ById,
        querystring: NoQuery,
        response: { 200: User, ...problems },
      },
    },
    (request) => {
      const { id } = request.params;
      const intent = { action: 'user.read', object: `user/${id}`, person: true };
      return read(services, request, intent, (query, tenant) => findUser(query, tenant, id));
    },
  );
}
