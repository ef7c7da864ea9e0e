import Type from 'typebox';

import { recordEvent } from '../audit.ts';
import { principal } from '../authenticate.ts';
import { sql } from '../db/pool.ts';
import type { Http } from '../http.ts';
import { Problem } from '../problem.ts';
import type { Services } from '../services.ts';

const UUID = '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$';
// The answer is made from this schema: a column that is not listed cannot leak.
const User = Type.Object({
  id: Type.String(),
  email: Type.String(),
  name: Type.String(),
  status: Type.String(),
  createdAt: Type.String(),
});

interface Row {
  id: string;
  email: string;
  name: string;
  status: string;
  created_at: Date;
}

/** `GET /v1/users/:id`. Another tenant's user is answered exactly like one that does not exist. */
export function userRoutes(http: Http, { db }: Services): void {
  http.get(
    '/users/:id',
    {
      schema: {
        params: Type.Object({ id: Type.String({ pattern: UUID }) }),
        response: { 200: User },
      },
    },
    async (request) => {
      const { id } = request.params;
      const { tenantId, userId } = principal(request);
      const user = await db.run(tenantId, async (query) => {
        // The policy alone would do; the predicate lets the index serve it and is a second wall.
        const [row] = await query.rows<Row>(sql`SELECT id, email, name, status, created_at
          FROM users WHERE tenant_id = ${tenantId} AND id = ${id}`);
        query.send(
          recordEvent(tenantId, {
            category: 'data_access',
            action: 'user.read',
            outcome: row === undefined ? 'not_found' : 'success',
            actorId: userId,
            object: `user/${id}`,
            ip: request.ip,
            requestId: request.id,
          }),
        );
        return row;
      });
      if (user === undefined) throw new Problem(404, 'There is no such user.');
      const { created_at: createdAt, ...rest } = user;
      return { ...rest, createdAt: createdAt.toISOString() };
    },
  );
}
