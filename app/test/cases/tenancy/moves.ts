import { join } from 'node:path';

import { beforeAll, expect, test } from '@jest/globals';

import { move, undo } from '../../../src/db/move.ts';
import { MODELS } from '../../../src/db/placement.ts';
import type { Model } from '../../../src/db/placement.ts';
import { sql } from '../../../src/db/pool.ts';
import { recoverMoves } from '../../../src/db/recover.ts';
import { purge } from '../../../src/db/purge.ts';
import type { TenantId } from '../../../src/db/tenancy.ts';
import type { Homes } from '../../support/homes.ts';
import { Process } from '../../support/process.ts';
import { contentOf, fill, isWritable, placementOf } from './content.ts';
import { addUser } from './models.ts';

export function moveCases(homes: Homes): void {
  const options = () => homes.options();
  beforeAll(async () => {
    await homes.declare('schema', 't_m1', 't_m2', 't_m3');
    await homes.declare('database', 't_m1', 't_m2');
  });
  const tenantWithRows = async (users?: number) => {
    const tenant = await homes.tenant('shared');
    await fill(homes, tenant, users);
    return tenant;
  };

  test('a tenant that moves through all models keeps every row as it was', async () => {
    const [tenant, neighbour] = [await tenantWithRows(), await tenantWithRows()];
    const before = await contentOf(homes, tenant);
    const others = await contentOf(homes, neighbour);
    // Each of the six ways from one model to another.
    const walk: Model[] = ['schema', 'database', 'schema', 'shared', 'database', 'shared'];
    for (const model of walk) {
      const done = await move(options(), tenant, model);
      expect(done).toMatchObject({ state: 'done', to: { model }, proof: { problems: [] } });
      expect(await contentOf(homes, tenant)).toEqual(before);
      expect(
        await homes.db.read(tenant, (query) => query.rows(sql`SELECT id FROM users`)),
      ).toHaveLength(20);
      await purge(options(), tenant, true);
    }
    expect(await contentOf(homes, neighbour)).toEqual(others);
    expect((await placementOf(homes, tenant)).epoch).toBe(7);
  });

  test('random moves, undone ones among them, with writes in between lose and change nothing', async () => {
    const tenant = await tenantWithRows(3);
    let seed = 20_261_126;
    const random = (below: number) => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed % below;
    };
    const steps: string[] = [];
    for (let step = 0; step < 8; step += 1) {
      await homes.db.run(tenant, (query) => addUser(query, tenant, `s${step}@x.test`));
      const before = await contentOf(homes, tenant);
      const { model } = await placementOf(homes, tenant);
      const others = MODELS.filter((other) => other !== model);
      const next = others[random(2)] as Model;
      steps.push(next);
      await move(options(), tenant, next);
      if (random(3) === 0) {
        steps.push('undo');
        await undo(options(), tenant);
      }
      expect([steps, await contentOf(homes, tenant)]).toEqual([steps, before]);
      await purge(options(), tenant, true);
    }
  });

  test('what was written after a move is still there after it is undone', async () => {
    const tenant = await tenantWithRows(3);
    await move(options(), tenant, 'schema');
    await homes.db.run(tenant, (query) => addUser(query, tenant, 'later@x.test'));
    const before = await contentOf(homes, tenant);
    expect(await undo(options(), tenant)).toMatchObject({ state: 'done', to: { model: 'shared' } });
    expect(await contentOf(homes, tenant)).toEqual(before);
    await purge(options(), tenant, true);
    await expect(undo(options(), tenant)).rejects.toThrow('No old home is kept for this tenant.');
  });

  test('during a move reads go on and writes are told to come again; afterwards both work', async () => {
    const tenant = await tenantWithRows(3);
    const refused: unknown[] = [];
    const read: number[] = [];
    // The mover waits in its freeze for this writer, which was there before.
    let release = () => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    let inside = () => {};
    const entered = new Promise<void>((resolve) => (inside = resolve));
    const writer = homes.db.run(tenant, async (query) => {
      await addUser(query, tenant, 'in-flight@x.test');
      inside();
      await held;
    });
    await entered;
    const moved = move(
      { ...options(), reached: (point) => void (point === 'fenced' && frozen()) },
      tenant,
      'schema',
    );
    let frozen = () => {};
    await new Promise<void>((resolve) => (frozen = resolve));
    refused.push(
      await homes.db
        .run(tenant, (query) => addUser(query, tenant, 'late@x.test'))
        .catch((error: unknown) => error),
    );
    read.push(
      (await homes.db.read(tenant, (query) => query.rows(sql`SELECT id FROM users`))).length,
    );
    release();
    await Promise.all([writer, moved]);
    expect(refused).toMatchObject([{ status: 503, retryAfter: 1 }]);
    expect(read).toEqual([3]);
    const emails = await homes.db.read(tenant, (query) =>
      query.rows<{ email: string }>(sql`SELECT email FROM users WHERE email LIKE '%@x.test'`),
    );
    expect(emails).toEqual([{ email: 'in-flight@x.test' }]);
    await homes.db.run(tenant, (query) => addUser(query, tenant, 'late@x.test'));
    await move(options(), tenant, 'shared');
    await purge(options(), tenant, true);
  });

  test('two movers do not work on one tenant', async () => {
    const tenant = await tenantWithRows(3);
    const results = await Promise.allSettled([
      move(options(), tenant, 'schema'),
      move(options(), tenant, 'schema'),
    ]);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(results.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { message: 'Another mover works on this tenant.' },
    });
    await move(options(), tenant, 'shared');
    await purge(options(), tenant, true);
  });

  test('an operator moves a tenant and back from the command line, and is told what was proven', async () => {
    const tenant = await tenantWithRows(3);
    const slug = await homes.owner.query<{ slug: string }>(
      'SELECT slug FROM control.tenants WHERE id = $1',
      [tenant],
    );
    const run = async (...args: string[]) => {
      const command = new Process(process.execPath, ['app/src/server.ts', 'admin', ...args], {
        env: {
          PG_MIGRATE_URL: homes.servers.url('app_migrator', homes.database),
          PG_CA_FILE: homes.servers.ca,
        },
      });
      return [await command.ended(60), command.output.trim()];
    };
    const name = slug.rows[0]?.slug ?? '';
    const proven = /^done: shared to schema t_\w+, 7 rows proven, writes frozen for \d+ ms$/;
    expect(await run('move', name, 'schema')).toEqual([0, expect.stringMatching(proven)]);
    expect(await run('undo', name)).toEqual([
      0,
      expect.stringMatching(/^done: schema t_\w+ to shared, 7 rows/),
    ]);
    expect(await run('purge', name, 'now')).toEqual([0, '2 old homes purged']);
    expect(await run('move', name, 'shared')).toEqual([
      1,
      'The tenant is in model shared already.',
    ]);
    expect(await run('move', 'nobody', 'schema')).toEqual([
      1,
      expect.stringContaining('There is no tenant "nobody".'),
    ]);
  }, 180_000);

  test('moves that lost their mover are ended at the next start-up, given up or finished; one that has its mover is left alone', async () => {
    const [early, late, alive] = [
      await tenantWithRows(2),
      await tenantWithRows(2),
      await tenantWithRows(2),
    ];
    const before = [await contentOf(homes, early), await contentOf(homes, late)];
    await killedMove(homes, early, 'schema', 'fenced');
    await killedMove(homes, late, 'schema', 'switched');
    let go = () => {};
    const waiting = new Promise<void>((resolve) => (go = resolve));
    let inside = () => {};
    const entered = new Promise<void>((resolve) => (inside = resolve));
    const writer = homes.db.run(alive, async (query) => {
      await addUser(query, alive, 'slow@x.test');
      inside();
      await waiting;
    });
    await entered;
    let frozen = () => {};
    const fenced = new Promise<void>((resolve) => (frozen = resolve));
    const moving = move(
      { ...options(), reached: (point) => void (point === 'fenced' && frozen()) },
      alive,
      'schema',
    );
    await fenced;
    const lines = (await recoverMoves(options())).sort();
    go();
    await writer;
    expect((await moving).state).toBe('done');
    const ended = (tenant: TenantId, path: string, state: string) =>
      expect.stringMatching(
        new RegExp(`^tenant ${tenant}: the move from ${path} had no mover and is ${state} now$`),
      );
    expect(lines).toEqual(
      expect.arrayContaining([
        ended(early, 'shared to schema t_\\w+', 'failed'),
        ended(late, 'shared to schema t_\\w+', 'done'),
        `tenant ${alive}: Another mover works on this tenant.`,
      ]),
    );
    expect([await contentOf(homes, early), await contentOf(homes, late)]).toEqual(before);
    for (const tenant of [early, late]) {
      expect(await isWritable(homes, tenant, await placementOf(homes, tenant))).toBe(true);
    }
    expect(await recoverMoves(options())).toEqual([]);
    for (const tenant of [late, alive]) {
      await move(options(), tenant, 'shared');
      await purge(options(), tenant, true);
    }
  });

  const POINTS = [
    ...['planned', 'ready', 'frozen', 'fenced', 'committed', 'copied', 'prepared', 'switched'],
    ...['removed', 'closed', 'opened', 'done'],
  ];
  const PATHS = [
    ['shared', 'schema'],
    ['schema', 'database'],
    ['database', 'shared'],
  ] as const;
  for (const [from, to] of PATHS) {
    test(`a mover from ${from} to ${to} may be killed at any step: one home is writable at most, and the next run ends the move`, async () => {
      const tenant = await tenantWithRows(3);
      for (const [index, point] of POINTS.entries()) {
        if (from !== 'shared') await move(options(), tenant, from);
        const before = await contentOf(homes, tenant);
        const old = await placementOf(homes, tenant);
        await killedMove(homes, tenant, to, point);
        const { rows } = await homes.owner.query<{ to_model: Model; to_home: string }>(
          `SELECT to_model, to_home FROM control.tenant_moves WHERE tenant_id = $1
            ORDER BY started_at DESC LIMIT 1`,
          [tenant],
        );
        const target = { model: rows[0]?.to_model ?? to, home: rows[0]?.to_home ?? '' };
        const writable = [
          await isWritable(homes, tenant, old),
          await isWritable(homes, tenant, { ...target, epoch: old.epoch + 1 }),
        ];
        expect([point, writable]).not.toEqual([point, [true, true]]);
        // Every second time the operator gives up instead.
        const givesUp = index % 2 === 1;
        await (givesUp ? undo(options(), tenant) : move(options(), tenant, to).catch(isThere));
        const now = await placementOf(homes, tenant);
        expect([point, now.model]).toEqual([point, givesUp ? from : to]);
        expect([point, await isWritable(homes, tenant, now)]).toEqual([point, true]);
        if (now.epoch !== old.epoch) expect(await isWritable(homes, tenant, old)).toBe(false);
        expect([point, await contentOf(homes, tenant)]).toEqual([point, before]);
        if (now.model !== 'shared') await move(options(), tenant, 'shared');
        await purge(options(), tenant, true);
      }
    }, 180_000);
  }
}

/** A move that was killed after its end is done. */
function isThere(error: Error): void {
  if (!error.message.includes('already')) throw error;
}

async function killedMove(
  homes: Homes,
  tenant: TenantId,
  model: Model,
  point: string,
): Promise<void> {
  const argument = JSON.stringify({ options: homes.options(), tenant, model, point });
  const mover = new Process(process.execPath, [
    join(process.cwd(), 'app/test/support/mover.ts'),
    argument,
  ]);
  const code = await mover.ended(60);
  // By a signal, not by an end of its own: otherwise the point was never reached.
  if (code !== null) throw new Error(`${point} was not reached (${code}): ${mover.output}`);
}
