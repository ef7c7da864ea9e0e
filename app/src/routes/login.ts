import { createHash } from 'node:crypto';

import Type from 'typebox';

import { recordEvent } from '../audit.ts';
import { checkPassword } from '../check-password.ts';
import { sql } from '../db/pool.ts';
import { NO_TENANT } from '../db/tenancy.ts';
import type { Http } from '../http.ts';
import { Problem } from '../problem.ts';
import { takeRate } from '../rate-limit.ts';
import type { Services } from '../services.ts';
import { SessionAnswer, sessionAnswer } from '../session-answer.ts';
import { createSession, SESSION_SECONDS, sessionEpoch } from '../sessions.ts';
import { clearFailures, countFailure, lockEvent, NOBODY } from '../sign-in-attempts.ts';

const Login = Type.Object(
  {
    tenant: Type.String({ pattern: '^[a-z][a-z0-9-]{1,30}$' }),
    email: Type.String({ minLength: 3, maxLength: 254, pattern: '^[^@\\s]+@[^@\\s]+$' }),
    password: Type.String({ minLength: 1, maxLength: 256 }),
  },
  { additionalProperties: false },
);

interface Account {
  id: string;
  password_hash: string;
}

/** `POST /v1/auth/login`. One answer, after the same work, for every reason not to let someone in. */
export function loginRoute(http: Http, services: Services): void {
  const { db, redis, tokens, limits } = services;
  http.post(
    '/auth/login',
    { schema: { body: Login, response: { 200: SessionAnswer } } },
    async (request) => {
      const { tenant: slug, password } = request.body;
      const email = request.body.email.toLowerCase();
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
      const tenant = found ?? NO_TENANT;
      const [user] = await db.read(tenant, (query) =>
        query.rows<Account>(sql`SELECT id, password_hash FROM users
          WHERE tenant_id = ${tenant} AND email = ${email} AND status = 'active'`),
      );
      const userId = user?.id ?? NOBODY;
      const [epoch, matches] = await Promise.all([
        sessionEpoch(redis, userId),
        checkPassword(user?.password_hash, password),
      ]);
      const admitted = await db.run(tenant, async (query) => {
        const may =
          matches && (await clearFailures(query, tenant, userId, user?.password_hash ?? ''));
        const locked = !matches && (await countFailure(query, tenant, userId, services.lock));
        const event = { actorId: user?.id ?? null, ip: request.ip, requestId: request.id };
        // Before the session exists: nobody gets in unrecorded. A tenant that is none has no record.
        if (found !== undefined) {
          query.send(
            recordEvent(tenant, {
              ...event,
              category: 'authentication',
              action: 'session.create',
              outcome: may ? 'success' : 'failure',
              object: null,
            }),
          );
        }
        if (locked) query.send(lockEvent(tenant, userId, event));
        return may;
      });
      if (!admitted) throw new Problem(401, 'Tenant, e-mail address or password is wrong.');
      const session = await createSession(redis, tenant, userId, epoch);
      return sessionAnswer(tokens, session, SESSION_SECONDS);
    },
  );
}
