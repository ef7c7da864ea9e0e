import type { Query } from './db/pool.ts';
import { sql } from './db/pool.ts';
import type { TenantId } from './db/tenancy.ts';

/** How many former passwords stay refused, besides the current one. */
const KEEP = 5;

/** What a change of the password needs to know of an account. */
export interface PasswordState {
  readonly email: string;
  /** The tenant's slug. */
  readonly tenant: string;
  readonly password_hash: string;
  /** Former hashes, the youngest first. */
  readonly former: readonly string[];
  readonly locked: boolean;
}

/** Undefined when there is no such account or it is disabled. */
export async function readPasswords(
  query: Query,
  tenant: TenantId,
  userId: string,
): Promise<PasswordState | undefined> {
  const [state] = await query.rows<PasswordState>(sql`
    SELECT email, password_hash, coalesce(locked_until > now(), false) AS locked,
           control.current_tenant_slug() AS tenant,
           ARRAY(SELECT hash FROM password_history h
                  WHERE h.tenant_id = u.tenant_id AND h.user_id = u.id
                  ORDER BY n DESC LIMIT ${KEEP}) AS former
      FROM users u
     WHERE tenant_id = ${tenant} AND id = ${userId} AND status = 'active'`);
  return state;
}

/**
 * Puts `hash` in the place of `before`, which becomes history; false when `before` is the current
 * hash no more. From then on the row is locked until the transaction ends.
 */
export async function replacePassword(
  query: Query,
  tenant: TenantId,
  userId: string,
  before: string,
  hash: string,
): Promise<boolean> {
  const changed = await query.rows(sql`
    UPDATE users SET password_hash = ${hash}, password_changed_at = now(), failed_logins = 0
     WHERE tenant_id = ${tenant} AND id = ${userId} AND password_hash = ${before}
       AND status = 'active'
    RETURNING id`);
  if (changed.length === 0) return false;
  query.send(sql`
    INSERT INTO password_history (tenant_id, user_id, n, hash)
    SELECT ${tenant}::uuid, ${userId}::uuid, coalesce(max(n), 0) + 1, ${before}::text
      FROM password_history WHERE tenant_id = ${tenant} AND user_id = ${userId}`);
  query.send(sql`
    DELETE FROM password_history
     WHERE tenant_id = ${tenant} AND user_id = ${userId}
       AND n <= (SELECT max(n) FROM password_history
                  WHERE tenant_id = ${tenant} AND user_id = ${userId}) - ${KEEP}::int`);
  return true;
}
