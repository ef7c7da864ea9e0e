import { createHash } from 'node:crypto';

import type { FastifyRequest } from 'fastify';
import Type from 'typebox';
import type { Static, TObject } from 'typebox';

import { recordEvent } from './audit.ts';
import { checkPassword } from './check-password.ts';
import { sql } from './db/pool.ts';
import { NO_TENANT } from './db/tenancy.ts';
import type { TenantId } from './db/tenancy.ts';
import { Problem } from './problem.ts';
import { takeRate } from './rate-limit.ts';
import type { Services } from './services.ts';
import { sessionEpoch } from './sessions.ts';
import { clearFailures, countFailure, lockEvent, NOBODY } from './sign-in-attempts.ts';

/** What somebody signs in with. */
export const credentials = {
  tenant: Type.String({ pattern: '^[a-z][a-z0-9-]{1,30}$' }),
  email: Type.String({ minLength: 3, maxLength: 254, pattern: '^[^@\\s]+@[^@\\s]+$' }),
  password: Type.String({ minLength: 1, maxLength: 256 }),
};
type Credentials = Static<TObject<typeof credentials>>;

interface Account {
  readonly id: string;
  readonly password_hash: string;
  readonly expired: boolean;
}

export interface SignedIn {
  readonly tenantId: TenantId;
  readonly userId: string;
  /** Read before the password was checked; see {@link sessionEpoch}. */
  readonly epoch: string;
  /** The password is older than it may be. */
  readonly expired: boolean;
}

/**
 * Checks who somebody is and records it. One answer, after the same work, for every reason not to let
 * someone in: a 401 problem, or a 429 for too many tries.
 *
 * @param action - what it is done for
 * @param old - whether an expired password does for that
 */
export async function signIn(
  services: Services,
  request: FastifyRequest,
  given: Credentials,
  action: string,
  old: boolean,
): Promise<SignedIn> {
  const { db, redis, limits } = services;
  const { tenant: slug, password } = given;
  const email = given.email.toLowerCase();
  // The key holds a digest: no address book in Redis. Address and account lie in different slots.
  const account = createHash('sha256').update(`${slug}\n${email}`).digest('base64url');
  const waits = await Promise.all([
    takeRate(redis, `ip:${request.ip}`, 'login', [limits.auth]),
    takeRate(redis, `account:${account}`, 'login', [limits.auth]),
  ]);
  const wait = Math.max(...waits);
  if (wait > 0) throw new Problem(429, 'Too many sign-ins. Try again later.', wait);

  const found = await db.bySlug(slug);
  // Unknown names take the same way through the same statements, only that they meet no row.
  const tenantId = found ?? NO_TENANT;
  const [user] = await db.read(tenantId, (query) =>
    query.rows<Account>(sql`SELECT id, password_hash,
        coalesce(password_changed_at, created_at)
          < now() - make_interval(days => ${services.passwordDays}) AS expired
      FROM users
      WHERE tenant_id = ${tenantId} AND email = ${email} AND status = 'active'`),
  );
  const userId = user?.id ?? NOBODY;
  const expired = user?.expired ?? false;
  const [epoch, matches] = await Promise.all([
    sessionEpoch(redis, userId),
    checkPassword(user?.password_hash, password),
  ]);
  const known = await db.run(tenantId, async (query) => {
    const may =
      matches && (await clearFailures(query, tenantId, userId, user?.password_hash ?? ''));
    const locked = !matches && (await countFailure(query, tenantId, userId, services.lock));
    const event = { actorId: user?.id ?? null, ip: request.ip, requestId: request.id };
    // Before the session exists: nobody gets in unrecorded. A tenant that is none has no record.
    if (found !== undefined) {
      const outcome = may && (old || !expired) ? 'success' : 'failure';
      query.send(
        recordEvent(tenantId, {
          ...{ ...event, category: 'authentication', action, outcome, object: null },
        }),
      );
    }
    if (locked) query.send(lockEvent(tenantId, userId, event));
    return may;
  });
  if (!known) throw new Problem(401, 'Tenant, e-mail address or password is wrong.');
  return { tenantId, userId, epoch, expired };
}
