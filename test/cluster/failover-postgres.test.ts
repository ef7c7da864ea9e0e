import { afterAll, beforeAll, expect, test } from '@jest/globals';
import pg from 'pg';

import { databaseClient } from './clients.ts';
import { SteadyLoad, tally } from './steady-load.ts';
import { call, get, ok, outputs, waitFor } from './support.ts';

interface Cluster {
  readonly status: { currentPrimary: string; phase: string; readyInstances: number };
}
const cluster = () => get<Cluster>('cluster.postgresql.cnpg.io postgres -n saas-data');

/** Writes numbered rows one after the other until stopped, and notes each acknowledged one. */
class Writer {
  readonly acknowledged: { readonly id: number; readonly at: number }[] = [];
  #stopped = false;
  #client: pg.Client | undefined;
  readonly done: Promise<void>;

  constructor() {
    this.done = this.#run();
  }

  async #run(): Promise<void> {
    for (let id = 1; !this.#stopped; id++) {
      try {
        this.#client ??= await databaseClient();
        await this.#client.query('INSERT INTO failover_probe (id) VALUES ($1)', [id]);
        this.acknowledged.push({ id, at: Date.now() });
      } catch {
        // The primary is away: a new connection finds its successor.
        const broken = this.#client;
        this.#client = undefined;
        broken?.end().catch(() => undefined);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await this.#client?.end();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.done;
  }

  /** The longest time without an acknowledged write, in milliseconds. */
  longestGap(): number {
    return this.acknowledged
      .slice(1)
      .reduce((gap, { at }, index) => Math.max(gap, at - (this.acknowledged[index]?.at ?? at)), 0);
  }
}

/** A signed-in user that reads its own record, slower than its limit of 100 a minute. */
async function reader(): Promise<{ readonly load: SteadyLoad; readonly userId: string }> {
  const { url, demo, demoPasswords } = (await outputs()) as {
    url: string;
    demo: { tenant: string; email: string }[];
    demoPasswords: Record<string, string>;
  };
  const { tenant, email } = demo[0] ?? { tenant: '', email: '' };
  const json = { tenant, email, password: demoPasswords[tenant] };
  const { body } = await call(`${url}/v1/auth/login`, { method: 'POST', json });
  const { accessToken, userId } = JSON.parse(body) as { accessToken: string; userId: string };
  const headers = { authorization: `Bearer ${accessToken}` };
  const load = new SteadyLoad(`${url}/v1/users/${userId}`, {
    connections: 1,
    pauseMs: 800,
    headers,
  });
  return { load, userId };
}

let users: Awaited<ReturnType<typeof reader>> | undefined;

beforeAll(async () => {
  const client = await databaseClient();
  await client.query('DROP TABLE IF EXISTS failover_probe');
  await client.query('CREATE TABLE failover_probe (id bigint PRIMARY KEY)');
  await client.end();
}, 60_000);

afterAll(async () => {
  await users?.load.stop();
  const client = await databaseClient();
  await client.query('DROP TABLE failover_probe');
  await client.end();
}, 60_000);

test('a killed primary costs at most 30 seconds without writes and no acknowledged write', async () => {
  const before = (await cluster()).status.currentPrimary;
  users = await reader();
  const writer = new Writer();
  await waitFor('the writer', 20, () =>
    Promise.resolve(writer.acknowledged.length > 100 ? undefined : 'fewer than 100 writes'),
  );
  const killedAt = Date.now();
  await ok(`kubectl delete pod ${before} -n saas-data --force --grace-period=0`);
  await waitFor('writes after the failover', 60, () =>
    Promise.resolve(
      (writer.acknowledged.at(-1)?.at ?? 0) > killedAt + 1500 && writer.longestGap() > 500
        ? undefined
        : 'no write is acknowledged yet',
    ),
  );
  await waitFor('a new primary', 60, async () => {
    const { status } = await cluster();
    return status.currentPrimary === before ? JSON.stringify(status) : undefined;
  });
  await new Promise((resolve) => setTimeout(resolve, 2000));
  await writer.stop();

  const client = await databaseClient();
  const rows = await client.query<{ id: string }>('SELECT id FROM failover_probe');
  await client.end();
  const stored = new Set(rows.rows.map(({ id }) => Number(id)));
  const lost = writer.acknowledged.filter(({ id }) => !stored.has(id));
  const seconds = writer.longestGap() / 1000;
  console.log(
    `primary ${before} killed: ${seconds.toFixed(1)} s without writes, ` +
      `${lost.length} of ${writer.acknowledged.length} acknowledged writes lost`,
  );
  expect(lost).toEqual([]);
  // The operator's primary lease alone takes 20 s after an abrupt kill.
  expect(seconds).toBeLessThanOrEqual(30);
}, 180_000);

test('the killed instance comes back as a replica by itself', async () => {
  await waitFor('the healthy cluster', 180, async () => {
    const { status } = await cluster();
    const healthy = status.phase === 'Cluster in healthy state' && status.readyInstances === 2;
    return healthy ? undefined : JSON.stringify(status);
  });
}, 200_000);

test('users see only right answers and 503 with a time to come back, and soon none of these', async () => {
  const { load, userId } = users ?? (await reader());
  const outcomes = await load.stop();
  console.log(`a user's reads through the failover: ${JSON.stringify(tally(outcomes))}`);

  const answers = outcomes.flatMap((outcome) => ('answer' in outcome ? [outcome.answer] : []));
  expect(answers).toHaveLength(outcomes.length);
  const wrong = answers.filter(({ status, headers, body }) => {
    if (status === 503) return !(Number(headers['retry-after']) > 0);
    return status !== 200 || (JSON.parse(body) as { id: string }).id !== userId;
  });
  expect(wrong).toEqual([]);
  expect(answers.at(-1)?.status).toBe(200);
}, 30_000);
