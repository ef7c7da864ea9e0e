import type { FastifyRequest } from 'fastify';

import { recordEvent } from './audit.ts';
import { checkPassword } from './check-password.ts';
import { replacePassword } from './password-history.ts';
import type { PasswordState } from './password-history.ts';
import { passwordProblem } from './password-policy.ts';
import { hashPassword } from './password.ts';
import { Problem } from './problem.ts';
import type { Services } from './services.ts';
import { revokeSessions } from './sessions.ts';
import type { Principal } from './sessions.ts';

type Owner = Pick<Principal, 'tenantId' | 'userId'>;

/**
 * Gives an account another password, records it and ends its sessions. Throws a 422 for a password
 * that is not good or was used before, and a 409 when it was changed meanwhile.
 *
 * @param state - what is known of the account since its current password was checked
 * @param keep - the session that goes on; none without it
 */
export async function changePassword(
  { db, redis }: Services,
  request: FastifyRequest,
  { tenantId, userId }: Owner,
  state: PasswordState,
  password: string,
  keep?: Principal,
): Promise<void> {
  await refuseBadPassword(password, state);
  const hash = await hashPassword(password);
  await db.run(tenantId, async (query) => {
    if (!(await replacePassword(query, tenantId, userId, state.password_hash, hash))) {
      throw new Problem(409, 'The password was changed meanwhile.');
    }
    const event = changeEvent(request, userId);
    query.send(recordEvent(tenantId, { ...event, outcome: 'success' }));
    // While the row is locked: a sign-in with the old password either got an epoch that ends
    // here, or finds the new hash. Without Redis nothing is changed at all.
    await revokeSessions(redis, userId, keep);
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

/** How a change of the password, or an attempt, is recorded. */
export function changeEvent(request: FastifyRequest, userId: string) {
  return {
    category: 'authentication',
    action: 'password.change',
    actorId: userId,
    object: `user/${userId}`,
    ip: request.ip,
    requestId: request.id,
  } as const;
}
