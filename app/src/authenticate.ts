import type { FastifyRequest } from 'fastify';

import type { TenantId } from './db/tenancy.ts';
import { Problem } from './problem.ts';
import { takeRate } from './rate-limit.ts';
import type { Services } from './services.ts';
import { touchSession } from './sessions.ts';
import type { Principal } from './sessions.ts';

const principals = new WeakMap<FastifyRequest, Principal>();

/** Who sent the request. The tenant comes from here and from nowhere else. */
export function principal(request: FastifyRequest): Principal {
  const who = principals.get(request);
  if (who === undefined) throw new Error('The route is not behind authentication.');
  return who;
}

/** The tenant of a request that was let in; undefined for any other. */
export function tenantOf(request: FastifyRequest): TenantId | undefined {
  return principals.get(request)?.tenantId;
}

/** Whose valid token the request carries; whether its session lives is not asked. Otherwise 401. */
export async function tokenOwner(
  request: FastifyRequest,
  { tokens }: Services,
): Promise<Principal> {
  const token = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/.exec(request.headers.authorization ?? '')?.[1];
  const who = token === undefined ? undefined : await tokens.verify(token);
  if (who === undefined) throw unauthenticated();
  return who;
}

export function unauthenticated(): Problem {
  return new Problem(401, 'A valid access token is required.');
}

/** A hook that lets a request pass with a valid token, a living session and room in its limits. */
export function authenticator(services: Services): (request: FastifyRequest) => Promise<void> {
  const { redis, limits } = services;
  return async (request) => {
    const who = await tokenOwner(request, services);
    // Sent together: in one tick they share a round trip where they share a node.
    const [alive, wait] = await Promise.all([
      touchSession(redis, who),
      takeRate(redis, who.tenantId, who.userId, [limits.minute, limits.hour]),
    ]);
    if (!alive) throw unauthenticated();
    if (wait > 0) throw new Problem(429, 'Too many requests. Try again later.', wait);
    principals.set(request, who);
  };
}
