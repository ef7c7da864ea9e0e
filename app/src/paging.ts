import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';

import Type from 'typebox';
import type { TSchema } from 'typebox';

import type { TenantId } from './db/tenancy.ts';
import { Problem } from './problem.ts';

const LIMIT = 20;

/** The query of every list. Digits in text: nothing in a query is converted before it is checked. */
export const PageQuery = {
  limit: Type.Optional(
    Type.String({
      pattern: '^([1-9][0-9]?|100)$',
      default: `${LIMIT}`,
      description: 'the most items of one page, 1 to 100',
    }),
  ),
  cursor: Type.Optional(
    Type.String({
      maxLength: 300,
      pattern: '^[\\w-]+\\.[\\w-]+$',
      description: '`nextCursor` of the page before; only for the same list and the same filters',
    }),
  ),
};

export const PageOf = <T extends TSchema>(item: T) =>
  Type.Object({
    items: Type.Array(item),
    nextCursor: Type.Union([Type.String(), Type.Null()], { description: 'null on the last page' }),
  });

/** What a row has for its place in the list: newest first, and by identifier within a moment. */
export interface Placed {
  /** Unique within the list. */
  readonly id: string;
  /** `created_at::text`: a Date would lose the microseconds, and with them rows. */
  readonly at: string;
}

interface Page extends Placed {
  /** One more than the page holds: the one more tells that another page follows. */
  readonly fetch: number;
  close<T extends Placed>(rows: readonly T[]): { items: T[]; nextCursor: string | null };
}

const START: Placed = { at: 'infinity', id: 'ffffffff-ffff-ffff-ffff-ffffffffffff' };

/**
 * Makes cursors and takes them back. They are sealed for one list of one tenant with a key drawn from
 * the signing keys, so every process takes them, and ends with the rotation of those keys.
 */
export class Paging {
  readonly #keys: readonly Buffer[];

  /** @param jwks - a JWKS with private keys, the one to seal with first */
  constructor(jwks: string) {
    this.#keys = (JSON.parse(jwks) as { keys: { d: string }[] }).keys.map(({ d }) =>
      Buffer.from(hkdfSync('sha256', d, '', 'paging cursor', 32)),
    );
  }

  /**
   * Where a page begins. Throws a 400 for a cursor that is altered, or another list's or tenant's.
   *
   * @param list - the list with its filters, for example `users/active`
   */
  open(
    tenant: TenantId,
    list: string,
    { limit = `${LIMIT}`, cursor }: { readonly limit?: string; readonly cursor?: string },
  ): Page {
    const size = Number(limit);
    const seal = (key: Buffer, position: string) =>
      createHmac('sha256', key).update(`${tenant}\n${list}\n${position}`).digest('base64url');
    return {
      ...(cursor === undefined ? START : this.#position(cursor, seal)),
      fetch: size + 1,
      close: (rows) => {
        const items = rows.slice(0, size);
        const last = items.at(-1);
        const [key] = this.#keys;
        if (rows.length <= size || last === undefined || key === undefined) {
          return { items, nextCursor: null };
        }
        const position = Buffer.from(JSON.stringify([last.at, last.id])).toString('base64url');
        return { items, nextCursor: `${position}.${seal(key, position)}` };
      },
    };
  }

  #position(cursor: string, seal: (key: Buffer, position: string) => string): Placed {
    const [position = '', given = ''] = cursor.split('.');
    const genuine = this.#keys.some((key) => {
      const expected = Buffer.from(seal(key, position));
      const actual = Buffer.from(given);
      return expected.length === actual.length && timingSafeEqual(expected, actual);
    });
    if (!genuine) throw new Problem(400, 'The cursor does not belong to this list.');
    const [at, id] = JSON.parse(Buffer.from(position, 'base64url').toString()) as [string, string];
    return { at, id };
  }
}
