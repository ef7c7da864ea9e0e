import { Agent } from 'node:https';

import { call, type Answer } from './support.ts';

/** What one request came to: an answer, or why there was none. */
export type Outcome = { readonly at: number } & (
  { readonly answer: Answer } | { readonly error: string }
);

/** The same request over keep-alive connections, each with a pause in between, until stopped. */
export class SteadyLoad {
  readonly outcomes: Outcome[] = [];
  #stopped = false;
  readonly #agent: Agent;
  readonly #done: Promise<unknown>;

  constructor(
    url: string,
    {
      connections,
      pauseMs,
      headers = {},
    }: {
      readonly connections: number;
      readonly pauseMs: number;
      readonly headers?: Readonly<Record<string, string>>;
    },
  ) {
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections });
    const client = async () => {
      while (!this.#stopped) {
        const at = Date.now();
        try {
          this.outcomes.push({ at, answer: await call(url, { agent: this.#agent, headers }) });
        } catch (error) {
          this.outcomes.push({ at, error: String(error) });
        }
        await new Promise((resolve) => setTimeout(resolve, pauseMs));
      }
    };
    this.#done = Promise.all(Array.from({ length: connections }, client));
  }

  async stop(): Promise<readonly Outcome[]> {
    this.#stopped = true;
    await this.#done;
    this.#agent.destroy();
    return this.outcomes;
  }
}

/** Number of outcomes by status or error, such as `{ 200: 40, 503: 2 }`. */
export function tally(outcomes: readonly Outcome[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const outcome of outcomes) {
    const key = 'answer' in outcome ? String(outcome.answer.status) : outcome.error;
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}
