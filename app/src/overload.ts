import { monitorEventLoopDelay, performance } from 'node:perf_hooks';

import type { Metrics } from './metrics.ts';
import { Problem } from './problem.ts';

export interface OverloadLimits {
  /** Share of the last second that the event loop was busy, 0 to 1. */
  readonly utilisation: number;
  /** Delay that a request met when it arrived at some moment of that second; in milliseconds. */
  readonly delayMs: number;
}

const SAMPLE_MS = 1_000;
const RESOLUTION_MS = 10;
const NANOSECONDS = 1_000_000;

/**
 * Tells, once a second, whether this process gets more than it can answer. Both limits must be
 * reached: busy alone does no harm while it keeps up, and late alone may be a paused machine. A pause
 * that begins in the middle of a turn looks like work, for one second.
 */
export class Overload {
  readonly #limits: OverloadLimits;
  readonly #metrics: Metrics;
  readonly #delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  #timer: NodeJS.Timeout | undefined;
  #utilisation = performance.eventLoopUtilization();
  #overloaded = false;

  constructor(limits: OverloadLimits, metrics: Metrics) {
    this.#limits = limits;
    this.#metrics = metrics;
  }

  /** Begins to measure; best when the process begins to listen, because the start itself is busy. */
  start(): void {
    this.#delay.enable();
    this.#utilisation = performance.eventLoopUtilization();
    // Timers run before sockets are read: after a long block the queue already meets the answer.
    this.#timer = setInterval(() => this.#sample(), SAMPLE_MS).unref();
  }

  /** A hook that answers 503 while overloaded, before any work is done for the request. */
  readonly shed = (_request: unknown, _reply: unknown, done: (error?: Error) => void): void => {
    if (!this.#overloaded) {
      done();
      return;
    }
    this.#metrics.requestsShed.inc();
    done(new Problem(503, 'Too much to do at the moment. Try again.', 1));
  };

  stop(): void {
    clearInterval(this.#timer);
    this.#delay.disable();
  }

  #sample(): void {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, this.#utilisation);
    this.#utilisation = now;
    const delayMs = this.#meanDelay();
    this.#delay.reset();
    this.#metrics.loopDelay.set(delayMs / 1_000);
    this.#metrics.loopUtilisation.set(utilization);
    this.#overloaded = utilization >= this.#limits.utilisation && delayMs >= this.#limits.delayMs;
  }

  /** Long turns weigh by their length, because that many more requests arrive in them. */
  #meanDelay(): number {
    const { mean, stddev } = this.#delay;
    if (!(mean > 0)) return 0;
    return Math.max(0, (mean + stddev ** 2 / mean) / NANOSECONDS - RESOLUTION_MS);
  }
}
