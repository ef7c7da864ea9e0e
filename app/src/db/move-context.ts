import type pg from 'pg';

import type { MoveOptions } from './move-record.ts';
import { connectOwner } from './owner.ts';
import { schemaOf, SHARED } from './placement.ts';
import type { Home } from './placement.ts';
import type { Side } from './proof.ts';
import type { TenantId } from './tenancy.ts';
import { withHome } from './homes.ts';

/** What every step works with. */
export interface MoveContext {
  readonly main: pg.Client;
  readonly options: MoveOptions;
  readonly at: (point: string) => void;
  /** The connection and schema of a home. Homes in the main database share its connection. */
  readonly side: (home: Home) => Promise<Side>;
}

/** A tenant cannot be moved now, or a move went wrong. Says what to do; printed without a stack. */
export class MoveError extends Error {
  override readonly name = 'MoveError';
}

/** One mover per tenant. The lock is the connection's: it ends with a mover that is killed. */
const MOVER_LOCK = 7_236_002;
const LIMIT = "SET lock_timeout = '20s'";

/** Runs `work` as the only mover of this tenant. */
export async function asMover<T>(
  options: MoveOptions,
  tenant: TenantId,
  work: (context: MoveContext) => Promise<T>,
): Promise<T> {
  return withHome(options.target, SHARED, async (main) => {
    const { rows } = await main.query<{ locked: boolean }>(
      'SELECT pg_try_advisory_lock($1, hashtext($2)) AS locked',
      [MOVER_LOCK, tenant],
    );
    if (rows[0]?.locked !== true) throw new MoveError('Another mover works on this tenant.');
    // A lock that somebody holds for long must not keep a tenant frozen.
    await main.query(LIMIT);
    const clients = new Map<string, pg.Client>();
    const side = async (home: Home): Promise<Side> => {
      const schema = schemaOf(home);
      if (home.model !== 'database') return { client: main, schema };
      const known = clients.get(home.home);
      if (known !== undefined) return { client: known, schema };
      const client = await connectOwner(options.target, home.home);
      clients.set(home.home, client);
      await client.query(LIMIT);
      return { client, schema };
    };
    const at = options.reached ?? (() => undefined);
    try {
      return await work({ main, options, at, side });
    } finally {
      await Promise.all([...clients.values()].map((client) => client.end()));
    }
  });
}
