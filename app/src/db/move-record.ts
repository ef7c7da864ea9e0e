import type pg from 'pg';

import type { MigrateOptions } from './migrate.ts';
import { OPEN_STATES } from './move-state.ts';
import type { MoveState } from './move-state.ts';
import type { Home } from './placement.ts';
import type { Proof } from './proof.ts';
import type { TenantId } from './tenancy.ts';

export interface MoveOptions extends MigrateOptions {
  /** Days for which the old home is kept and the move can be undone. Default: 7. */
  readonly keepDays?: number;
  /** Told before and after every step that another process could see. */
  readonly reached?: (point: string) => void;
}

/** A row of control.tenant_moves. */
export interface Move {
  readonly id: string;
  readonly tenant: TenantId;
  readonly from: Home;
  readonly to: Home;
  readonly state: MoveState;
  readonly undoes: string | null;
  readonly proof: Proof | null;
  /** Milliseconds for which the tenant could not write; null before the end. */
  readonly frozenMs: number | null;
}

const COLUMNS = `id, tenant_id AS tenant, state, undoes, proof,
  json_build_object('model', from_model, 'home', from_home) AS "from",
  json_build_object('model', to_model, 'home', to_home) AS "to",
  round(extract(epoch FROM ended_at - frozen_at) * 1000)::int AS "frozenMs"`;

/** The newest move of a tenant in one of these states. */
export async function findMove(
  main: pg.Client,
  tenant: TenantId,
  states: readonly MoveState[] = OPEN_STATES,
): Promise<Move | undefined> {
  const { rows } = await main.query<Move>(
    `SELECT ${COLUMNS} FROM control.tenant_moves
      WHERE tenant_id = $1 AND state = ANY ($2) ORDER BY started_at DESC LIMIT 1`,
    [tenant, states],
  );
  return rows[0];
}

/** The last moves of a tenant, the newest first. */
export async function findMoves(main: pg.Client, tenant: TenantId): Promise<Move[]> {
  const { rows } = await main.query<Move>(
    `SELECT ${COLUMNS} FROM control.tenant_moves
      WHERE tenant_id = $1 ORDER BY started_at DESC LIMIT 50`,
    [tenant],
  );
  return rows;
}

/** Tenants whose move is not at its end. */
export async function listMoves(main: pg.Client): Promise<TenantId[]> {
  const { rows } = await main.query<{ tenant: TenantId }>(
    `SELECT DISTINCT tenant_id AS tenant FROM control.tenant_moves WHERE state = ANY ($1)`,
    [OPEN_STATES],
  );
  return rows.map(({ tenant }) => tenant);
}

export async function readMove(main: pg.Client, id: string): Promise<Move> {
  const { rows } = await main.query<Move>(
    `SELECT ${COLUMNS} FROM control.tenant_moves WHERE id = $1`,
    [id],
  );
  const [move] = rows;
  if (move === undefined) throw new Error(`There is no move ${id}.`);
  return move;
}

/** Runs statements in one transaction of the main database: a step and its record belong together. */
export async function together(main: pg.Client, work: () => Promise<void>): Promise<void> {
  await main.query('BEGIN');
  try {
    await work();
    await main.query('COMMIT');
  } catch (error) {
    await main.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

export async function setState(main: pg.Client, { id }: Move, state: MoveState): Promise<void> {
  await main.query('UPDATE control.tenant_moves SET state = $2 WHERE id = $1', [id, state]);
}

/** Gives the tenant back the status that it had before it was moved. */
export async function restoreStatus(main: pg.Client, { id }: Move): Promise<void> {
  await main.query(
    `UPDATE control.tenants t SET status = m.status_before FROM control.tenant_moves m
      WHERE m.id = $1 AND t.id = m.tenant_id AND t.status = 'moving'`,
    [id],
  );
}
