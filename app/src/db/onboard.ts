import { randomUUIDv7 } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import type pg from 'pg';

import { makeHome, ProvisionError } from './make-home.ts';
import type { OwnModel } from './make-home.ts';
import type { MigrateOptions } from './migrate.ts';
import type { Model } from './placement.ts';
import type { TenantId } from './tenancy.ts';

/** A tenant that signs up. */
export interface NewTenant {
  readonly slug: string;
  readonly name: string;
  readonly model: Model;
}

/**
 * Gives a new tenant a home. Nothing is created for it: a spare home that was made beforehand is
 * assigned by one UPDATE, so that a sign-up locks nothing that other tenants use. Throws a
 * {@link ProvisionError} when none is left.
 */
export async function onboard(client: pg.Client, tenant: NewTenant): Promise<TenantId> {
  const { slug, name, model } = tenant;
  if (model === 'shared') {
    const { rows } = await client.query<{ id: TenantId }>(
      'INSERT INTO control.tenants (id, slug, name) VALUES ($1, $2, $3) RETURNING id',
      [randomUUIDv7(), slug, name],
    );
    return rows[0]?.id as TenantId;
  }
  // SKIP LOCKED: two sign-ups at once take two homes instead of waiting for each other.
  const { rows } = await client.query<{ id: TenantId }>(
    `WITH spare AS (
       UPDATE control.homes SET taken_at = now()
        WHERE (model, home) = (SELECT model, home FROM control.homes
                                WHERE model = $1 AND ready_at IS NOT NULL AND taken_at IS NULL
                                ORDER BY ready_at LIMIT 1 FOR UPDATE SKIP LOCKED)
       RETURNING tenant_id, model, home)
     INSERT INTO control.tenants (id, slug, name, model, home)
     SELECT tenant_id, $2, $3, model, home FROM spare RETURNING id`,
    [model, slug, name],
  );
  const id = rows[0]?.id;
  if (id === undefined) throw new ProvisionError(`No spare ${model} is ready. ${HINT}`);
  return id;
}

const HINT = 'Make some: node app/src/server.ts admin spares <model> <count>.';

/**
 * Makes spare homes until `count` are ready, and returns how many it made. It creates tables, which
 * is felt by others, so between two it pauses.
 *
 * @param pause - between two homes, in milliseconds. Default: 5,000.
 */
export async function fillSpares(
  main: pg.Client,
  model: OwnModel,
  count: number,
  options: MigrateOptions,
  pause = 5_000,
): Promise<number> {
  for (let made = 0; ; made += 1) {
    const { rows } = await main.query<{ ready: number }>(
      `SELECT count(*)::int AS ready FROM control.homes
        WHERE model = $1 AND ready_at IS NOT NULL AND taken_at IS NULL`,
      [model],
    );
    if ((rows[0]?.ready ?? 0) >= count) return made;
    if (made > 0) await sleep(pause);
    await makeHome(main, model, options);
  }
}
