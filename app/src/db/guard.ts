import { objectProblems } from './guard-objects.ts';
import { roleProblems } from './guard-roles.ts';
import { tableProblems } from './guard-tables.ts';
import type { Pool } from './pool.ts';
import { sql } from './pool.ts';

/** The database would not keep tenants apart; the process must not serve. Printed without a stack. */
export class GuardError extends Error {
  override readonly name = 'GuardError';
  constructor(problems: readonly string[]) {
    super(`Refusing to start:\n${problems.map((line) => `  ${line}`).join('\n')}`);
  }
}

/**
 * Refuses a role that row-level security does not bind, and tables that it does not protect, in every
 * home of the database: the shared one and all tenant schemas.
 */
export async function guardTenants(pool: Pool): Promise<void> {
  const problems = [
    ...(await roleProblems(pool)),
    ...(await tableProblems(pool)),
    ...(await objectProblems(pool)),
  ];
  if (problems.length > 0) throw new GuardError(problems);
}

/** The relay reads the outbox of every tenant: it needs BYPASSRLS and must be nothing more. */
export async function guardPlatform(pool: Pool): Promise<void> {
  const [role] = await pool.rows<{ name: string; superuser: boolean; bypass: boolean }>(sql`
    SELECT rolname AS name, rolsuper AS superuser, rolbypassrls AS bypass
      FROM pg_roles WHERE rolname = current_user`);
  if (role === undefined || role.superuser) {
    throw new GuardError([`role ${role?.name} is a superuser. Connect as app_platform.`]);
  }
  if (!role.bypass) {
    throw new GuardError([
      `role ${role.name} is bound to one tenant, so it would relay nothing. Connect as app_platform.`,
    ]);
  }
}
