import type { FastifyRequest } from 'fastify';

import { recordEvent } from '../audit.ts';
import { principal } from '../authenticate.ts';
import type { Http } from '../http.ts';
import type { Services } from '../services.ts';
import { endSession, revokeSessions } from '../sessions.ts';
import type { Principal } from '../sessions.ts';

/** `POST /v1/auth/logout` ends this session, `POST /v1/auth/logout-all` every one of the user. */
export function logoutRoutes(http: Http, { db, redis }: Services): void {
  const end = async (
    request: FastifyRequest,
    action: string,
    work: (who: Principal) => Promise<void>,
  ) => {
    const who = principal(request);
    await db.run(who.tenantId, async (query) => {
      query.send(
        recordEvent(who.tenantId, {
          category: 'authentication',
          action,
          outcome: 'success',
          actorId: who.userId,
          object: null,
          ip: request.ip,
          requestId: request.id,
        }),
      );
      // Inside: without Redis nothing has ended, and nothing must be recorded as ended.
      await work(who);
    });
  };
  http.post('/auth/logout', async (request, reply) => {
    await end(request, 'session.end', (who) => endSession(redis, who));
    return reply.code(204).send();
  });
  http.post('/auth/logout-all', async (request, reply) => {
    await end(request, 'session.end_all', (who) => revokeSessions(redis, who.userId));
    return reply.code(204).send();
  });
}
