import { randomUUIDv7 } from 'node:crypto';

import Type from 'typebox';

import { write } from '../act.ts';
import { sql } from '../db/pool.ts';
import type { Http } from '../http.ts';
import { passwordProblem } from '../password-policy.ts';
import { hashPassword } from '../password.ts';
import { Problem } from '../problem.ts';
import { ById, closed, Email, Name, NoQuery, Nothing, problems } from '../schemas.ts';
import type { Services } from '../services.ts';
import { findUser, Role, Status, User } from './users.ts';

// Neither holds the role: who may do what is changed by a request of its own.
const NewUser = closed({
  email: Email,
  name: Name,
  password: Type.String({ minLength: 12, maxLength: 256 }),
});
const UserChange = closed(
  { email: Type.Optional(Email), name: Type.Optional(Name), status: Type.Optional(Status) },
  { minProperties: 1 },
);

/** Creates, changes and deletes users, for administrators. One of them always remains. */
export function userWriteRoutes(http: Http, services: Services): void {
  http.post(
    '/users',
    {
      schema: {
        summary: 'Create a user, as a member',
        body: NewUser,
        querystring: NoQuery,
        response: { 201: User, ...problems },
      },
    },
    async (request, reply) => {
      const { name, password } = request.body;
      const email = request.body.email.toLowerCase();
      const id = randomUUIDv7();
      const intent = { action: 'user.create', object: `user/${id}` };
      const user = await write(services, request, intent, async (query, tenant) => {
        const [own] = await query.rows<{ slug: string }>(
          sql`SELECT control.current_tenant_slug() AS slug`,
        );
        const problem = passwordProblem(password, { email, tenant: own?.slug ?? '' });
        if (problem !== undefined) throw new Problem(422, problem);
        // Only now, because a hash costs a core for a while: not for those who may not do this.
        const hash = await hashPassword(password);
        const [, created] = await Promise.all([
          query.rows(sql`INSERT INTO users (tenant_id, id, email, name, password_hash)
            VALUES (${tenant}, ${id}, ${email}, ${name}, ${hash})`),
          findUser(query, tenant, id),
        ]);
        return created;
      });
      return reply.code(201).header('location', `/v1/users/${id}`).send(user);
    },
  );

  http.patch(
    '/users/:id',
    {
      schema: {
        summary: 'Change a user',
        params: ById,
        body: UserChange,
        querystring: NoQuery,
        response: { 200: User, ...problems },
      },
    },
    (request) => {
      const { id } = request.params;
      const { email, name, status } = request.body;
      const intent = { action: 'user.update', object: `user/${id}` };
      return write(services, request, intent, async (query, tenant, userId) => {
        if (status === 'disabled') refuseSelf(id, userId);
        const [, changed] = await Promise.all([
          query.rows(sql`UPDATE users
              SET email = coalesce(${email?.toLowerCase() ?? null}, email),
                  name = coalesce(${name ?? null}, name),
                  status = coalesce(${status ?? null}, status)
            WHERE tenant_id = ${tenant} AND id = ${id}`),
          findUser(query, tenant, id),
        ]);
        return changed;
      });
    },
  );

  http.put(
    '/users/:id/role',
    {
      schema: {
        summary: 'Make a user an administrator of the tenant, or a member again',
        params: ById,
        body: closed({ role: Role }),
        querystring: NoQuery,
        response: { 200: User, ...problems },
      },
    },
    (request) => {
      const { id } = request.params;
      const { role } = request.body;
      const intent = {
        action: `user.make_${role}`,
        object: `user/${id}`,
        category: 'authorization',
      } as const;
      return write(services, request, intent, async (query, tenant, userId) => {
        if (role === 'member') refuseSelf(id, userId);
        const [, changed] = await Promise.all([
          query.rows(
            sql`UPDATE users SET role = ${role} WHERE tenant_id = ${tenant} AND id = ${id}`,
          ),
          findUser(query, tenant, id),
        ]);
        return changed;
      });
    },
  );

  http.delete(
    '/users/:id',
    {
      schema: {
        summary: 'Delete a user and the memberships',
        params: ById,
        querystring: NoQuery,
        response: { 204: Nothing, ...problems },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const intent = { action: 'user.delete', object: `user/${id}` };
      await write(services, request, intent, async (query, tenant, userId) => {
        refuseSelf(id, userId);
        const [gone] = await query.rows(
          sql`DELETE FROM users WHERE tenant_id = ${tenant} AND id = ${id} RETURNING id`,
        );
        if (gone === undefined) throw new Problem(404, 'There is no such user.');
      });
      return reply.code(204).send(null);
    },
  );
}

/** Nobody locks themselves out; so the last administrator stays one. */
function refuseSelf(id: string, userId: string): void {
  if (id === userId)
    throw new Problem(409, 'Ask another administrator to do this to your account.');
}
