import type { Context } from '../provider/definition.ts';

interface Fault {
  readonly name?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

/** The endpoint answered that the thing, or its bucket, does not exist. */
export function isMissing(error: unknown): boolean {
  return status(error) === 404;
}

/** The endpoint does not know the call at all. */
export function isUnsupported(error: unknown): boolean {
  return status(error) === 501 || (error as Fault).name === 'NotImplemented';
}

/**
 * Runs a call that sets something. An endpoint that cannot do it must not pass for one that did:
 * the user is told which setting of which bucket has no effect.
 */
export async function orWarn(
  context: Context,
  bucket: string,
  what: string,
  call: () => Promise<unknown>,
): Promise<void> {
  try {
    await call();
  } catch (error) {
    if (!isUnsupported(error)) throw explained(bucket, what, error);
    await context.warn(
      `bucket ${bucket}: the S3 endpoint does not support ${what}; the setting has no effect there.`,
    );
  }
}

/** An error that names the bucket and what was tried; the SDK's own names neither. */
export function explained(bucket: string, what: string, error: unknown): Error {
  const { name, message } = error as Error;
  return new Error(`bucket ${bucket}: ${what}: ${name}: ${message}`, { cause: error });
}

function status(error: unknown): number | undefined {
  return (error as Fault).$metadata?.httpStatusCode;
}
