import { createHash } from 'node:crypto';

import pg from 'pg';

import type { PostgresTarget } from '../config.ts';

/** A statement and its parameters: the only form in which SQL reaches the database. */
export interface Sql {
  readonly name: string;
  readonly text: string;
  readonly values: readonly unknown[];
}

const QUERY_TIMEOUT_MS = 8_000;

/** PostgreSQL's answer to every statement after the one that failed. */
const ABORTED = '25P02';

const parsed = new WeakMap<TemplateStringsArray, { name: string; text: string }>();

/** `` sql`SELECT … WHERE id = ${id}` ``: every value becomes a parameter, never text. */
export function sql(strings: TemplateStringsArray, ...values: readonly unknown[]): Sql {
  let statement = parsed.get(strings);
  if (statement === undefined) {
    const text = strings.reduce((head, tail, index) => `${head}$${index}${tail}`);
    // Named, so that PostgreSQL parses and plans once per connection (about half its work).
    const name = `s_${createHash('sha256').update(text).digest('hex').slice(0, 16)}`;
    statement = { name, text };
    parsed.set(strings, statement);
  }
  return { ...statement, values };
}

export interface PoolOptions {
  readonly max: number;
  /** False sends unnamed statements, for poolers that cannot carry named ones. */
  readonly named: boolean;
  /** Shown in `pg_stat_activity`. */
  readonly name: string;
}

/** Statements inside one transaction. */
export interface Query {
  /** Sends a statement and gives its rows. */
  rows<T>(statement: Sql): Promise<T[]>;
  /** Sends a statement without waiting; its failure fails the transaction at commit. */
  send(statement: Sql): void;
}

/** A bounded pool whose clients pipeline: statements sent in one tick share one round trip. */
export class Pool {
  readonly #pool: pg.Pool;
  readonly #named: boolean;

  constructor(target: PostgresTarget, options: PoolOptions) {
    this.#named = options.named;
    this.#pool = new pg.Pool({
      ...target,
      max: options.max,
      application_name: options.name,
      connectionTimeoutMillis: 2_000,
      // Above every limit of the server and the pooler: for a peer that vanished without a word. The
      // driver then closes the connection, so a ROLLBACK does not wait as long again.
      query_timeout: QUERY_TIMEOUT_MS,
      idleTimeoutMillis: 30_000,
      // Recycling gives back the caches that a long-lived backend gathers.
      maxLifetimeSeconds: 1_800,
      keepAlive: true,
      pipeline: true,
    });
    // An idle connection that breaks is replaced on the next use; unhandled, it would end the process.
    this.#pool.on('error', () => undefined);
  }

  /** One statement by itself. */
  async rows<T>(statement: Sql): Promise<T[]> {
    return (await this.#pool.query(this.#wire(statement))).rows as T[];
  }

  /**
   * One transaction that begins with `prelude`. BEGIN and the prelude are not awaited: they travel
   * with the first statement of `work`. If one of them fails, everything after it fails as well, and
   * the first failure is the one that is thrown.
   */
  async transaction<T>(
    prelude: Sql,
    work: (query: Query) => Promise<T>,
    readOnly = false,
  ): Promise<T> {
    const client = await this.#pool.connect();
    // The pool listens only while a client is idle. The statements in hand tell of a broken
    // connection; unhandled, its event would end the process.
    const broken = () => undefined;
    client.on('error', broken);
    const release = (error?: Error) => {
      client.off('error', broken);
      client.release(error);
    };
    const sent: Promise<unknown>[] = [];
    const send = (statement: Sql | string): Promise<pg.QueryResult> => {
      const result = client.query(
        typeof statement === 'string' ? statement : this.#wire(statement),
      );
      sent.push(result);
      // Failures are collected below; a rejection seen only there must not count as unhandled.
      result.catch(() => undefined);
      return result;
    };
    try {
      void send(readOnly ? 'BEGIN READ ONLY' : 'BEGIN');
      void send(prelude);
      const result = await work({
        rows: async <R>(statement: Sql) => (await send(statement)).rows as R[],
        send: (statement) => void send(statement),
      });
      const commit = send('COMMIT');
      await Promise.all(sent);
      // COMMIT of a failed transaction succeeds, with this tag.
      if ((await commit).command !== 'COMMIT') throw new Error('The transaction was rolled back.');
      release();
      return result;
    } catch (error) {
      await client.query('ROLLBACK').then(() => release(), release);
      if ((error as { code?: unknown }).code !== ABORTED) throw error;
      // "The transaction is aborted" hides the reason, which an earlier statement has.
      await Promise.all(sent);
      throw error;
    }
  }

  async end(): Promise<void> {
    await this.#pool.end();
  }

  #wire(statement: Sql): pg.QueryConfig {
    const { name, text, values } = statement;
    return this.#named ? { name, text, values: [...values] } : { text, values: [...values] };
  }
}
