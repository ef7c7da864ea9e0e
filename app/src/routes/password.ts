import type { FastifyRequest } from 'fastify';
import Type from 'typebox';

import { recordEvent } from '../audit.ts';
import { principal } from '../authenticate.ts';
import { changeEvent, changePassword } from '../change-password.ts';
import { checkPassword } from '../check-password.ts';
import type { Http } from '../http.ts';
import { readPasswords } from '../password-history.ts';
import { Problem } from '../problem.ts';
import { takeRate } from '../rate-limit.ts';
import { closed } from '../schemas.ts';
import type { Services } from '../services.ts';
import type { Principal } from '../sessions.ts';
import { credentials, signIn } from '../sign-in.ts';
import { countFailure, lockEvent } from '../sign-in-attempts.ts';

const Given = Type.String({ minLength: 1, maxLength: 256 });

/** `POST /v1/auth/password`: a new one for who knows the current one; ends the other sessions. */
export function passwordRoute(http: Http, services: Services): void {
  const { db, redis, limits } = services;
  const body = closed({ current: Given, password: Given });
  http.post('/auth/password', { schema: { body } }, async (request, reply) => {
    const who = principal(request);
    const { tenantId, userId } = who;
    const { current, password } = request.body;
    // A stolen token must not become a way to try passwords.
    const wait = await takeRate(redis, `account:${userId}`, 'password', [limits.auth]);
    if (wait > 0) throw new Problem(429, 'Too many attempts. Try again later.', wait);

    const state = await db.run(tenantId, (query) => readPasswords(query, tenantId, userId));
    const matches = await checkPassword(state?.password_hash, current);
    if (state === undefined || state.locked || !matches) {
      await recordRefusal(services, request, who, matches);
      throw new Problem(403, 'The current password is wrong.');
    }
    await changePassword(services, request, who, state, password, who);
    return reply.code(204).send();
  });
}

/**
 * `POST /v1/auth/password/renew`: all that a password is good for once it has expired. It takes what
 * a sign-in takes, with the same limits and answers, and gives no session.
 */
export function renewRoute(http: Http, services: Services): void {
  const { db } = services;
  const body = closed({ ...credentials, newPassword: Given });
  http.post('/auth/password/renew', { schema: { body } }, async (request, reply) => {
    const { newPassword, ...given } = request.body;
    const who = await signIn(services, request, given, 'password.renew', true);
    const state = await db.run(who.tenantId, (query) =>
      readPasswords(query, who.tenantId, who.userId),
    );
    if (state === undefined) throw new Problem(409, 'The password was changed meanwhile.');
    await changePassword(services, request, who, state, newPassword);
    return reply.code(204).send();
  });
}

/** A wrong current password counts like a failed sign-in. */
async function recordRefusal(
  { db, lock }: Services,
  request: FastifyRequest,
  { tenantId, userId }: Principal,
  matches: boolean,
): Promise<void> {
  const event = changeEvent(request, userId);
  await db.run(tenantId, async (query) => {
    const locked = !matches && (await countFailure(query, tenantId, userId, lock));
    query.send(recordEvent(tenantId, { ...event, outcome: 'failure' }));
    if (locked) query.send(lockEvent(tenantId, userId, event));
  });
}
