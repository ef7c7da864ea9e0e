import { recordEvent } from '../audit.ts';
import { tokenOwner, unauthenticated } from '../authenticate.ts';
import { sql } from '../db/pool.ts';
import type { Http } from '../http.ts';
import { Problem } from '../problem.ts';
import { takeRate } from '../rate-limit.ts';
import type { Services } from '../services.ts';
import { SessionAnswer, sessionAnswer } from '../session-answer.ts';
import { endSession, rotateSession } from '../sessions.ts';

/**
 * `POST /v1/auth/refresh`: a new token for a living session, and the end of the old one. The session
 * keeps its end, an hour after the sign-in. A token that was refreshed before is 401 and ends the
 * session: somebody else holds it. So a client sends one refresh at a time.
 */
export function refreshRoute(http: Http, services: Services): void {
  const { db, redis, tokens, limits } = services;
  // Not behind the authenticator, which would refuse a dead token before its reuse is noticed.
  http.post('/auth/refresh', { schema: { response: { 200: SessionAnswer } } }, async (request) => {
    const who = await tokenOwner(request, services);
    const { tenantId, userId } = who;
    const wait = await takeRate(redis, tenantId, userId, [limits.minute, limits.hour]);
    if (wait > 0) throw new Problem(429, 'Too many requests. Try again later.', wait);
    const rotation = await db.run(tenantId, async (query) => {
      const [user] = await query.rows(sql`SELECT id FROM users
        WHERE tenant_id = ${tenantId} AND id = ${userId} AND status = 'active'`);
      if (user === undefined) await endSession(redis, who);
      const result = await rotateSession(redis, who);
      query.send(
        recordEvent(tenantId, {
          category: result.state === 'reused' ? 'security' : 'authentication',
          action: result.state === 'reused' ? 'session.reuse' : 'session.refresh',
          outcome: result.state === 'rotated' ? 'success' : 'failure',
          actorId: userId,
          object: null,
          ip: request.ip,
          requestId: request.id,
        }),
      );
      return result;
    });
    if (rotation.state !== 'rotated') throw unauthenticated();
    return sessionAnswer(tokens, rotation.who, rotation.seconds);
  });
}
