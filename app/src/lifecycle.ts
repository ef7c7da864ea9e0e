import { setTimeout as sleep } from 'node:timers/promises';

import closeWithGrace from 'close-with-grace';

import type { Health } from './health.ts';
import type { Http } from './http.ts';
import { isUnreachable } from './unreachable.ts';

/** Longest time between the signal and the end; below the grace period of the pod. In milliseconds. */
const CLOSE_DEADLINE_MS = 25_000;

/**
 * On SIGTERM: not ready at once, then as long as it takes for load balancers to see that, then no
 * new connections and the end of the open requests, and at last the clients given in `close`.
 */
export function closeOnSignal(
  http: Http,
  health: Health,
  drainSeconds: number,
  close: () => Promise<unknown>,
): void {
  closeWithGrace({ delay: CLOSE_DEADLINE_MS, logger: false }, async ({ signal, err }) => {
    if (err !== undefined) http.log.fatal({ err }, 'unexpected error');
    health.drain();
    http.log.info({ signal }, 'draining');
    if (err === undefined) await sleep(drainSeconds * 1_000);
    await http.close();
    await close();
    http.log.info('closed');
  });
}

/**
 * Runs a start-up step until it succeeds, for as long as the failure is that the other side cannot be
 * reached; everything else ends the start at once.
 */
export async function untilReachable<T>(
  step: () => Promise<T>,
  seconds: number,
  waiting: (error: Error) => void,
): Promise<T> {
  const deadline = performance.now() + seconds * 1_000;
  for (;;) {
    try {
      return await step();
    } catch (error) {
      if (!isUnreachable(error) || performance.now() > deadline) throw error;
      waiting(error as Error);
      await sleep(1_000);
    }
  }
}
