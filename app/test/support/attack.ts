import { expect } from '@jest/globals';

import type { Route } from './api-routes.ts';
import { App, UNLIMITED } from './app.ts';
import type { Answer } from './app.ts';
import { eventually } from './process.ts';
import { Tenant } from './tenant.ts';
import type { World } from './world.ts';

type Sending = (name: string, answer: Promise<Answer>) => Promise<Answer>;

/** An attacker, who is an administrator in a tenant of their own, and a victim in another one. */
export class Attack {
  readonly world: World;
  #parts: { api: App; attacker: Tenant; victim: Tenant } | undefined;

  constructor(world: World) {
    this.world = world;
  }

  async start(): Promise<void> {
    const { world } = this;
    const api = await App.start(world.servers, 'api', UNLIMITED);
    const attacker = new Tenant(world, api, 'attacker');
    const victim = new Tenant(world, api, 'victim');
    this.#parts = { api, attacker, victim };
    await attacker.populate();
    await victim.populate();
  }

  async stop(): Promise<void> {
    await this.#parts?.api.process.stop();
  }

  get api(): App {
    return this.#started.api;
  }
  get attacker(): Tenant {
    return this.#started.attacker;
  }
  get victim(): Tenant {
    return this.#started.victim;
  }
  get #started() {
    if (this.#parts === undefined) throw new Error('The attack has not started.');
    return this.#parts;
  }

  /** Sends a request as the attacker. */
  send(
    route: Route,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    return this.api.send(route.method, path, { token: this.attacker.token, body, headers });
  }

  /**
   * Runs attacks. Each must be answered with one of `statuses`, as a problem, and leave a line in the
   * log; and no row of either tenant may change.
   */
  async refused(
    statuses: readonly number[],
    attacks: (attack: Sending) => Promise<void>,
  ): Promise<void> {
    const before = [await this.attacker.rows(), await this.victim.rows()];
    const traces: string[] = [];
    await attacks(async (name, sent) => {
      const answer = await sent;
      const { status, body, headers } = answer;
      expect([name, status, body]).toEqual([
        name,
        statuses.find((allowed) => allowed === status),
        expect.objectContaining({ status, detail: expect.any(String) }),
      ]);
      expect(headers.get('content-type')).toMatch('application/problem+json');
      traces.push(headers.get('x-request-id') ?? 'none');
      return answer;
    });
    expect(traces.length).toBeGreaterThan(0);
    await eventually(async () => {
      const log = this.api.process.output;
      expect(traces.filter((id) => !log.includes(`"reqId":"${id}"`))).toEqual([]);
      return Promise.resolve();
    });
    expect([await this.attacker.rows(), await this.victim.rows()]).toEqual(before);
  }
}
