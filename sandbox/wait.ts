/**
 * Repeats `check` until it returns undefined (ready), or fails at the deadline with what `check`
 * last said was missing.
 */
export async function waitFor(
  what: string,
  seconds: number,
  check: () => Promise<string | undefined>,
  pauseMilliseconds = 250,
): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    let missing: string | undefined;
    try {
      missing = await check();
    } catch (error) {
      missing = error instanceof Error ? error.message : String(error);
    }
    if (missing === undefined) return;
    if (Date.now() > deadline) {
      throw new Error(`${what} is not ready after ${seconds} s: ${missing}`);
    }
    await new Promise((resolve) => setTimeout(resolve, pauseMilliseconds));
  }
}
