import type pg from 'pg';

import { clearTenant, copyTenant } from './copy.ts';
import { makeFence, removeFence, setFence } from './fence.ts';
import { migrateHome } from './migrate.ts';
import { MoveError } from './move-context.ts';
import type { MoveContext } from './move-context.ts';
import { restoreStatus, setState, together } from './move-record.ts';
import type { Move } from './move-record.ts';
import type { MoveState } from './move-state.ts';
import { prove } from './proof.ts';
import type { Proof, Side } from './proof.ts';

/** Longest wait for transactions that were writing when the freeze came; they live 15 s at most. */
const WRITERS_TIMEOUT = '20s';
/** The relay may touch rows of a home that is filled again; then the copy is made once more. */
const COPY_ATTEMPTS = 3;

type Step = (context: MoveContext, move: Move) => Promise<void>;

/** What is done in each state. Each step can be done again: a killed mover leaves it half done. */
export const STEPS: Partial<Record<MoveState, Step>> = {
  async planned({ main, options }, move) {
    // A spare home may have been made by an older release.
    if (move.to.model !== 'shared') await migrateHome(move.to, options);
    await setState(main, move, 'ready');
  },

  async ready({ main }, move) {
    await together(main, async () => {
      await main.query(
        `UPDATE control.tenant_moves m
            SET state = 'frozen', frozen_at = now(), status_before = t.status
           FROM control.tenants t WHERE m.id = $1 AND t.id = m.tenant_id`,
        [move.id],
      );
      await main.query(`UPDATE control.tenants SET status = 'moving' WHERE id = $1`, [move.tenant]);
    });
  },

  async frozen(context, move) {
    await setFence(context, move.from, move.tenant, 'moving');
    context.at('fenced');
    const [source, target] = [await context.side(move.from), await context.side(move.to)];
    await awaitWriters(source.client, move.tenant);
    const proof = await copy(source, target, move);
    context.at('committed');
    await context.main.query(
      `UPDATE control.tenant_moves SET state = 'copied', proof = $2 WHERE id = $1`,
      [move.id, JSON.stringify(proof)],
    );
  },

  async copied(context, move) {
    await makeFence(context, move.to, move.tenant);
    context.at('prepared');
    await together(context.main, async () => {
      // The one statement that moves the tenant. Whoever knows the old epoch is refused from here on.
      await context.main.query(
        'UPDATE control.tenants SET model = $2, home = $3, epoch = epoch + 1 WHERE id = $1',
        [move.tenant, move.to.model, move.to.home],
      );
      await setState(context.main, move, 'switched');
    });
  },

  async switched(context, move) {
    // Before anyone can write in the new home, or a process with an old placement would read old rows.
    await removeFence(context, move.from, move.tenant);
    context.at('removed');
    await setState(context.main, move, 'closed');
  },

  async closed(context, move) {
    await setFence(context, move.to, move.tenant, 'active');
    context.at('opened');
    const { main, options } = context;
    await together(main, async () => {
      await restoreStatus(main, move);
      await main.query(
        `UPDATE control.tenant_moves SET state = 'done', ended_at = clock_timestamp(),
                keep_until = now() + make_interval(days => $2) WHERE id = $1`,
        [move.id, options.keepDays ?? 7],
      );
      await main.query(`UPDATE control.tenant_moves SET state = 'undone' WHERE id = $1`, [
        move.undoes,
      ]);
    });
  },
};

/** Returns when nobody writes any more: writers hold the lock to their end, new ones are refused. */
export async function awaitWriters(client: pg.Client, tenant: string): Promise<void> {
  await together(client, async () => {
    await client.query(`SET LOCAL lock_timeout = '${WRITERS_TIMEOUT}'`);
    await client.query('SELECT pg_advisory_xact_lock(hashtextextended($1::text, 0))', [tenant]);
  });
}

/** Copies and proves in one transaction per database: what is not proven is not kept. */
async function copy(source: Side, target: Side, move: Move): Promise<Proof> {
  const clients = [...new Set([target.client, source.client])];
  for (let attempt = 1; ; attempt += 1) {
    try {
      for (const client of clients) {
        await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
        // The owner is bound by the policies too: of other tenants it can copy nothing.
        await client.query(`SELECT set_config('app.tenant_id', $1, true)`, [move.tenant]);
      }
      await clearTenant(target, move.tenant);
      await copyTenant(source, target, move.tenant);
      const proof = await prove(source, target, move.tenant, move.to.model !== 'shared');
      if (proof.problems.length > 0) {
        throw new MoveError(`The copy is not what it should be: ${proof.problems.join('; ')}.`);
      }
      for (const client of clients) await client.query('COMMIT');
      return proof;
    } catch (error) {
      for (const client of clients) await client.query('ROLLBACK').catch(() => undefined);
      if ((error as pg.DatabaseError).code !== '40001' || attempt === COPY_ATTEMPTS) throw error;
    }
  }
}
