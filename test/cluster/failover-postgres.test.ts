import { afterAll, beforeAll, expect, test } from '@jest/globals';
import pg from 'pg';

import { databaseClient } from './clients.ts';
import { get, ok, waitFor } from './support.ts';

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

beforeAll(async () => {
  const client = await databaseClient();
  await client.query('DROP TABLE IF EXISTS failover_probe');
  await client.query('CREATE TABLE failover_probe (id bigint PRIMARY KEY)');
  await client.end();
}, 60_000);

afterAll(async () => {
  const client = await databaseClient();
  await client.query('DROP TABLE failover_probe');
  await client.end();
}, 60_000);

test('a killed primary costs at most 30 seconds without writes and no acknowledged write', async () => {
  const before = (await cluster()).status.currentPrimary;
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
