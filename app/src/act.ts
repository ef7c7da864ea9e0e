import type { FastifyRequest } from 'fastify';

import { recordEvent } from './audit.ts';
import type { AuditEvent } from './audit.ts';
import { principal } from './authenticate.ts';
import type { Query, Sql } from './db/pool.ts';
import { sql } from './db/pool.ts';
import type { TenantId } from './db/tenancy.ts';
import { Problem } from './problem.ts';
import type { Services } from './services.ts';
import { violation } from './violations.ts';

/** What a request is about to do, as the audit trail names it. */
export interface Intent {
  /** `noun.verb` */
  readonly action: string;
  /** `noun/id`; null for a list. */
  readonly object: string | null;
}

interface Deed extends Intent {
  readonly category: AuditEvent['category'];
  /** Whether success is recorded. A refusal always is. */
  readonly recorded: boolean;
}
interface Caller {
  readonly role: 'admin' | 'member';
}
type Work<T> = (query: Query, tenant: TenantId, userId: string) => Promise<T>;

/** Reads for any user of the tenant. `person` records it: who reads about people leaves a trace. */
export function read<T>(
  services: Services,
  request: FastifyRequest,
  intent: Intent & { readonly person: boolean },
  work: Work<T>,
): Promise<T> {
  const recorded = intent.person;
  const deed = { ...intent, category: 'data_access', recorded } as const;
  return act(services, request, deed, async (query, tenant, userId) => {
    const caller = query.rows<Caller>(sql`SELECT role FROM users
      WHERE tenant_id = ${tenant} AND id = ${userId} AND status = 'active'`);
    // In one tick with the caller's own row, so that the check costs no round trip.
    const result = work(query, tenant, userId);
    // Whether it fails matters only once the caller is known.
    result.catch(() => undefined);
    known((await caller)[0]);
    return result;
  });
}

/** Writes for administrators of the tenant only, and records it together with the change. */
export function write<T>(
  services: Services,
  request: FastifyRequest,
  intent: Intent & { readonly category?: AuditEvent['category'] },
  work: Work<T>,
): Promise<T> {
  const deed = { category: 'config_change', ...intent, recorded: true } as const;
  return act(services, request, deed, async (query, tenant, userId) => {
    // Held until the end: nobody takes the right away in between, and of two administrators who
    // take it from each other one is refused.
    const [who] = await query.rows<Caller>(sql`SELECT role FROM users
      WHERE tenant_id = ${tenant} AND id = ${userId} AND status = 'active' FOR SHARE`);
    if (known(who).role !== 'admin') throw new Problem(403, 'Only an administrator may do this.');
    return work(query, tenant, userId);
  });
}

/** A session outlives its user by up to an hour; the user's rights end at once. */
function known(caller: Caller | undefined): Caller {
  if (caller === undefined) throw new Problem(401, 'A valid access token is required.');
  return caller;
}

async function act<T>(
  { db }: Services,
  request: FastifyRequest,
  { action, object, category, recorded }: Deed,
  work: Work<T>,
): Promise<T> {
  const { tenantId, userId } = principal(request);
  const { ip, id: requestId } = request;
  const event = (part: Pick<AuditEvent, 'category' | 'outcome'>): Sql =>
    recordEvent(tenantId, { ...part, action, object, actorId: userId, ip, requestId });
  try {
    // What leaves no record only reads, and so goes on while the tenant is being moved.
    if (!recorded) return await db.read(tenantId, (query) => work(query, tenantId, userId));
    return await db.run(tenantId, async (query) => {
      const result = await work(query, tenantId, userId);
      query.send(event({ category, outcome: 'success' }));
      return result;
    });
  } catch (error) {
    const refusal = error instanceof Problem ? error : violation(error, request.method);
    if (refusal === undefined) throw error;
    // The transaction is gone and the attempt with it, so the refusal is recorded by itself.
    const denied = refusal.status === 401 || refusal.status === 403;
    const refused = event({
      category: denied ? 'authorization' : category,
      outcome: refusal.status === 404 ? 'not_found' : 'failure',
    });
    await db.run(tenantId, (query) => query.rows(refused));
    throw refusal;
  }
}
