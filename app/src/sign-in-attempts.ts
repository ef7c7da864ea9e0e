import { recordEvent } from './audit.ts';
import type { AuditEvent } from './audit.ts';
import type { Query } from './db/pool.ts';
import { sql } from './db/pool.ts';
import type { Sql } from './db/pool.ts';
import type { TenantId } from './db/tenancy.ts';

/** When an account is locked against guessing. */
export interface LockRule {
  /** Failures in a row that lock it. */
  readonly failures: number;
  /** How long it stays locked. */
  readonly seconds: number;
}

/** Stands for an account that does not exist, so that it costs the same statements. */
export const NOBODY = '00000000-0000-0000-0000-000000000000';

/**
 * Counts a failed check of a password; true when this one locked the account. While it is locked
 * nothing is counted: the lock ends by its time, whoever goes on trying.
 */
export async function countFailure(
  query: Query,
  tenant: TenantId,
  userId: string,
  { failures, seconds }: LockRule,
): Promise<boolean> {
  const [row] = await query.rows<{ locked: boolean }>(sql`
    UPDATE users
       SET failed_logins = CASE WHEN failed_logins + 1 < ${failures}::int THEN failed_logins + 1 ELSE 0 END,
           locked_until = CASE WHEN failed_logins + 1 < ${failures}::int THEN NULL
                               ELSE now() + make_interval(secs => ${seconds}) END
     WHERE tenant_id = ${tenant} AND id = ${userId}
       AND (locked_until IS NULL OR locked_until <= now())
    RETURNING locked_until IS NOT NULL AS locked`);
  return row?.locked ?? false;
}

/**
 * Ends the row of failures after a password that was right; false when the account must not be let
 * in after all. Asked at the end, because guesses at the same time may have locked it meanwhile, and
 * a password change may have replaced `hash`: the row's lock puts them in order.
 */
export async function clearFailures(
  query: Query,
  tenant: TenantId,
  userId: string,
  hash: string,
): Promise<boolean> {
  const rows = await query.rows(sql`
    UPDATE users SET failed_logins = 0, locked_until = NULL
     WHERE tenant_id = ${tenant} AND id = ${userId} AND status = 'active'
       AND password_hash = ${hash} AND (locked_until IS NULL OR locked_until <= now())
    RETURNING id`);
  return rows.length === 1;
}

/** The statement that records a lock, for the transaction in which {@link countFailure} made it. */
export function lockEvent(
  tenant: TenantId,
  userId: string,
  by: Pick<AuditEvent, 'actorId' | 'ip' | 'requestId'>,
): Sql {
  return recordEvent(tenant, {
    ...by,
    category: 'security',
    action: 'account.lock',
    outcome: 'success',
    object: `user/${userId}`,
  });
}
