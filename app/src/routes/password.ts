import type { FastifyRequest } from 'fastify';
import Type from 'typebox';

import { recordEvent } from '../audit.ts';
import { principal } from '../authenticate.ts';
import { checkPassword } from '../check-password.ts';
import type { Http } from '../http.ts';
import { readPasswords, replacePassword } from '../password-history.ts';
import type { PasswordState } from '../password-history.ts';
import { passwordProblem } from '../password-policy.ts';
import { hashPassword } from '../password.ts';
import { Problem } from '../problem.ts';
import { takeRate } from '../rate-limit.ts';
import type { Services } from '../services.ts';
import { revokeSessions } from '../sessions.ts';
import type { Principal } from '../sessions.ts';
import { countFailure, lockEvent } from '../sign-in-attempts.ts';

const Change = Type.Object(
  {
    current: Type.String({ minLength: 1, maxLength: 256 }),
    password: Type.String({ minLength: 1, maxLength: 256 }),
  },
  { additionalProperties: false },
);

/** `POST /v1/auth/password`: a new one for who knows the current one; ends the other sessions. */
export function passwordRoute(http: Http, services: Services): void {
  const { db, redis, limits } = services;
  http.post('/auth/password', { schema: { body: Change } }, async (request, reply) => {
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
    await refuseBadPassword(password, state);

    const hash = await hashPassword(password);
    await db.run(tenantId, async (query) => {
      if (!(await replacePassword(query, tenantId, userId, state.password_hash, hash))) {
        throw new Problem(409, 'The password was changed meanwhile.');
      }
      query.send(recordEvent(tenantId, { ...changeEvent(request, who), outcome: 'success' }));
      // While the row is locked: a sign-in with the old password either got an epoch that ends
      // here, or finds the new hash. Without Redis nothing is changed at all.
      await revokeSessions(redis, userId, who);
    });
    return reply.code(204).send();
  });
}

async function refuseBadPassword(password: string, state: PasswordState): Promise<void> {
  const problem = passwordProblem(password, state);
  if (problem !== undefined) throw new Problem(422, problem);
  // One after the other: together they would keep every core from the sign-ins.
  for (const hash of [state.password_hash, ...state.former]) {
    if (await checkPassword(hash, password)) {
      throw new Problem(422, 'This password was used before.');
    }
  }
}

/** A wrong current password counts like a failed sign-in. */
async function recordRefusal(
  { db, lock }: Services,
  request: FastifyRequest,
  who: Principal,
  matches: boolean,
): Promise<void> {
  const { tenantId, userId } = who;
  const event = changeEvent(request, who);
  await db.run(tenantId, async (query) => {
    const locked = !matches && (await countFailure(query, tenantId, userId, lock));
    query.send(recordEvent(tenantId, { ...event, outcome: 'failure' }));
    if (locked) query.send(lockEvent(tenantId, userId, event));
  });
}

function changeEvent(request: FastifyRequest, { userId }: Principal) {
  return {
    category: 'authentication',
    action: 'password.change',
    actorId: userId,
    object: `user/${userId}`,
    ip: request.ip,
    requestId: request.id,
  } as const;
}
