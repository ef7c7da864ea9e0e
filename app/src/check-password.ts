import { PasswordBusyError, verifyPassword } from './password.ts';
import { Problem } from './problem.ts';

/** {@link verifyPassword} for a route: when too many wait for a core already, 503. */
export async function checkPassword(
  stored: string | undefined,
  password: string,
): Promise<boolean> {
  try {
    return await verifyPassword(stored, password);
  } catch (error) {
    if (error instanceof PasswordBusyError) throw new Problem(503, error.message, 1);
    throw error;
  }
}
