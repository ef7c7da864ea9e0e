import { createHash } from 'node:crypto';

import Type from 'typebox';

import { recordEvent } from '../audit.ts';
import { sql } from '../db/pool.ts';
import type { Http } from '../http.ts';
import { PasswordBusyError, verifyPassword } from '../password.ts';
import { Problem } from '../problem.ts';
import { takeRate } from '../rate-limit.ts';
import { createSession, SESSION_SECONDS } from '../sessions.ts';
import type { Services } from '../services.ts';

const Login = Type.Object(
  {
    tenant: Type.String({ pattern: '^[a-z][a-z0-9-]{1,30}$' }),
    email: Type.String({ minLength: 3, maxLength: 254, pattern: '^[^@\\s]+@[^@\\s]+$' }),
    password: Type.String({ minLength: 1, maxLength: 256 }),
  },
  { additionalProperties: false },
);
const Session = Type.Object({
  accessToken: Type.String(),
  tokenType: Type.Literal('Bearer'),
  expiresIn: Type.Integer({ description: 'seconds' }),
  userId: Type.String(),
});

interface Account {
  id: string;
  password_hash: string;
}

/** `POST /v1/auth/login`. One answer, after the same work, for every reason not to let someone in. */
export function loginRoute(http: Http, services: Services): void {
  const { db, redis, tokens, limits } = services;
  http.post(
    '/auth/login',
    { schema: { body: Login, response: { 200: Session } } },
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

      const tenant = await db.bySlug(slug);
      const [user] =
        tenant === undefined
          ? []
          : await db.read(tenant, (query) =>
              query.rows<Account>(sql`SELECT id, password_hash FROM users
                WHERE tenant_id = ${tenant} AND email = ${email} AND status = 'active'`),
            );
      const matches = await verifyPassword(user?.password_hash, password).catch(
        (error: unknown) => {
          if (error instanceof PasswordBusyError) throw new Problem(503, error.message, 1);
          throw error;
        },
      );
      if (tenant !== undefined) {
        const event = recordEvent(tenant, {
          category: 'authentication',
          action: 'session.create',
          outcome: matches ? 'success' : 'failure',
          actorId: user?.id ?? null,
          object: null,
          ip: request.ip,
          requestId: request.id,
        });
        // Before the session exists: nobody gets in unrecorded.
        await db.run(tenant, (query) => query.rows(event));
      }
      if (!matches || tenant === undefined || user === undefined) {
        throw new Problem(401, 'Tenant, e-mail address or password is wrong.');
      }
      const session = await createSession(redis, tenant, user.id);
      return {
        accessToken: await tokens.sign(session),
        tokenType: 'Bearer' as const,
        expiresIn: SESSION_SECONDS,
        userId: user.id,
      };
    },
  );
}
