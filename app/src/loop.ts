import { setTimeout as sleep } from 'node:timers/promises';

/** Longest pause after failures in a row, in milliseconds. */
const LONGEST_MS = 30_000;

/** Repeats a step in the background until it is told to stop. */
export class Loop {
  readonly #step: () => Promise<boolean>;
  readonly #pauseMs: number;
  readonly #stop = new AbortController();
  #running: Promise<void> | undefined;

  /**
   * @param step - true when there is more to do, so that the next step follows without a pause
   * @param pauseMs - between two steps; after failures it doubles, up to 30 s
   */
  constructor(step: () => Promise<boolean>, pauseMs: number) {
    this.#step = step;
    this.#pauseMs = pauseMs;
  }

  /** @param failed - told about every failure; the loop then waits and tries again */
  start(failed: (error: unknown) => void): void {
    this.#running = this.#run(failed);
  }

  /** Ends after the step in hand. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #run(failed: (error: unknown) => void): Promise<void> {
    const { signal } = this.#stop;
    let failures = 0;
    while (!signal.aborted) {
      let pause = this.#pauseMs;
      try {
        if (await this.#step()) pause = 0;
        failures = 0;
      } catch (error) {
        failures += 1;
        pause = Math.min(pause * 2 ** failures, LONGEST_MS);
        failed(error);
      }
      await sleep(pause, undefined, { signal }).catch(() => undefined);
    }
  }
}
