import { hash, verify } from '@node-rs/argon2';

// argon2id with OWASP's parameters: 19 MiB, two passes, about 25 ms of one core.
const OPTIONS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;
/** A hash takes a core for 25 ms: a longer queue would only turn sign-ins into time-outs. */
const MAX_WAITING = 16;

let waiting = 0;
let decoy: Promise<string> | undefined;

/** Too many sign-ins at once; the caller answers 503. */
export class PasswordBusyError extends Error {
  override readonly name = 'PasswordBusyError';
}

/** A hash of nothing in particular; made once, best before the first sign-in. */
export function decoyHash(): Promise<string> {
  decoy ??= hashPassword(crypto.randomUUID());
  return decoy;
}

export async function hashPassword(password: string): Promise<string> {
  return hash(password, OPTIONS);
}

/** Checks a password; without a stored hash it does the same work and is always false. */
export async function verifyPassword(
  stored: string | undefined,
  password: string,
): Promise<boolean> {
  if (waiting >= MAX_WAITING) throw new PasswordBusyError('Too many sign-ins at once.');
  waiting += 1;
  try {
    // The time of an answer must not tell whether the account exists.
    const matches = await verify(stored ?? (await decoyHash()), password);
    return matches && stored !== undefined;
  } finally {
    waiting -= 1;
  }
}
