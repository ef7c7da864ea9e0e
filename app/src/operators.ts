import { createHash, randomUUIDv7, timingSafeEqual } from 'node:crypto';

import type { FastifyRequest } from 'fastify';
import Type from 'typebox';
import Value from 'typebox/value';

import { unauthenticated } from './authenticate.ts';
import { ConfigError } from './config.ts';
import type { PostgresTarget } from './config.ts';
import { withHome } from './db/homes.ts';
import { SHARED } from './db/placement.ts';

const Tokens = Type.Array(
  Type.Object(
    {
      name: Type.String({ pattern: '^[a-z][a-z0-9.-]{0,62}$' }),
      sha256: Type.String({ pattern: '^[0-9a-f]{64}$' }),
    },
    { additionalProperties: false },
  ),
  { minItems: 1 },
);

/** The people who run the platform. They are no users of any tenant, and no user is one of them. */
export class Operators {
  readonly #known: readonly { readonly name: string; readonly digest: Buffer }[];
  readonly #target: PostgresTarget;

  /** @param text - JSON list of `{ name, sha256 }`: the hash of each operator's token, never the token */
  constructor(text: string, target: PostgresTarget) {
    try {
      this.#known = Value.Parse(Tokens, JSON.parse(text)).map(({ name, sha256 }) => ({
        name,
        digest: Buffer.from(sha256, 'hex'),
      }));
    } catch {
      throw new ConfigError([
        'ADMIN_TOKENS_FILE: expected [{ "name": "ann", "sha256": "<64 hex digits of the hash of the token>" }].',
      ]);
    }
    this.#target = target;
  }

  /** Whose token the request carries; a 401 problem when it is nobody's. */
  of(request: FastifyRequest): string {
    const token = /^Bearer ([\x21-\x7e]{16,512})$/.exec(request.headers.authorization ?? '')?.[1];
    const digest = createHash('sha256')
      .update(token ?? '')
      .digest();
    // All are compared, so that the time tells nothing about the place in the list.
    const [found] = this.#known.filter((known) => timingSafeEqual(known.digest, digest));
    if (token === undefined || found === undefined) throw unauthenticated();
    return found.name;
  }

  /** Does something in an operator's name; without a record of it nothing is done. */
  async act<T>(
    request: FastifyRequest,
    { action, object }: { readonly action: string; readonly object: string | null },
    work: () => Promise<T>,
  ): Promise<T> {
    const id = randomUUIDv7();
    const record = (text: string, values: readonly unknown[]) =>
      withHome(this.#target, SHARED, (main) => main.query(text, [id, ...values]));
    await record(
      `INSERT INTO control.operator_events (id, operator, action, object, ip, request_id)
       VALUES ($1, $2, $3, $4, $5, $6)`,
      [this.of(request), action, object, request.ip, request.id],
    );
    const end = (outcome: 'success' | 'failure') =>
      record('UPDATE control.operator_events SET outcome = $2 WHERE id = $1', [outcome]);
    try {
      const result = await work();
      await end('success');
      return result;
    } catch (error) {
      await end('failure');
      throw error;
    }
  }
}
