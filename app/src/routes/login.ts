import type { Http } from '../http.ts';
import { Problem } from '../problem.ts';
import { closed } from '../schemas.ts';
import type { Services } from '../services.ts';
import { SessionAnswer, sessionAnswer } from '../session-answer.ts';
import { createSession, SESSION_SECONDS } from '../sessions.ts';
import { credentials, signIn } from '../sign-in.ts';

/** Tells a client that it has to ask for a new password. */
export const PASSWORD_EXPIRED = 'urn:problem:password-expired';

/** `POST /v1/auth/login`: a session, or the reason why a right password is no longer enough. */
export function loginRoute(http: Http, services: Services): void {
  const { redis, tokens, passwordDays } = services;
  http.post(
    '/auth/login',
    { schema: { body: closed(credentials), response: { 200: SessionAnswer } } },
    async (request) => {
      const who = await signIn(services, request, request.body, 'session.create', false);
      const { tenantId, userId, epoch } = who;
      if (who.expired) {
        throw new Problem(
          403,
          `The password is older than ${passwordDays} days. Change it with POST /v1/auth/password/renew.`,
          undefined,
          PASSWORD_EXPIRED,
        );
      }
      const session = await createSession(redis, tenantId, userId, epoch);
      return sessionAnswer(tokens, session, SESSION_SECONDS);
    },
  );
}
