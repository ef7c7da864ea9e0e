import type pg from 'pg';

import type { TenantId } from '../db/tenancy.ts';
import type { Export } from './export.ts';

/** A tenant cannot leave now. Says what to do; printed without a stack. */
export class OffboardError extends Error {
  override readonly name = 'OffboardError';
}

/** In this order. Each is reached when its step is done. */
export const STATES = [
  'planned',
  'closed',
  'exported',
  'rows',
  'documents',
  'redis',
  'objects',
  'done',
] as const;
export type OffboardState = (typeof STATES)[number];

/** How much was left of a tenant in each place; null where the platform has no such place. */
export interface Erasure {
  readonly rows: number;
  readonly homes: number;
  readonly documents: number;
  readonly redisKeys: number;
  readonly objects: number | null;
}

/** A row of control.offboardings. */
export interface Offboarding {
  readonly tenant: TenantId;
  readonly state: OffboardState;
  readonly users: readonly string[] | null;
  readonly export: Export | null;
  readonly proof: Erasure | null;
}

const COLUMNS = 'tenant_id AS tenant, state, users, export, proof';

/** The tenant of this name, whose leaving begins here or was begun before. */
export async function beginOffboarding(main: pg.Client, slug: string): Promise<TenantId> {
  const { rows } = await main.query<{ tenant: TenantId }>(
    `INSERT INTO control.offboardings (tenant_id, slug) SELECT id, slug FROM control.tenants WHERE slug = $1
     ON CONFLICT (tenant_id) DO UPDATE SET slug = excluded.slug RETURNING tenant_id AS tenant`,
    [slug],
  );
  const tenant = rows[0]?.tenant;
  if (tenant === undefined) throw new OffboardError(`There is no tenant "${slug}".`);
  return tenant;
}

export async function readOffboarding(main: pg.Client, tenant: TenantId): Promise<Offboarding> {
  const { rows } = await main.query<Offboarding>(
    `SELECT ${COLUMNS} FROM control.offboardings WHERE tenant_id = $1`,
    [tenant],
  );
  const [found] = rows;
  if (found === undefined) throw new Error(`Nothing is recorded of the leaving of ${tenant}.`);
  return found;
}

/** Writes that a step is done, with what it has found out. */
export async function recordState(
  main: pg.Client,
  tenant: TenantId,
  state: OffboardState,
  found: { readonly users?: readonly string[]; readonly export?: Export } = {},
): Promise<void> {
  await main.query(
    `UPDATE control.offboardings SET state = $2, users = coalesce($3, users),
            export = coalesce($4, export) WHERE tenant_id = $1`,
    [tenant, state, found.users ?? null, found.export ? JSON.stringify(found.export) : null],
  );
}
