/** In this order until `done`; then `undone` or, with the old home gone, `purged`. `failing` has a new home to empty, `failed` has not. */
export type MoveState =
  | 'planned'
  | 'ready'
  | 'frozen'
  | 'copied'
  | 'switched'
  | 'closed'
  | 'done'
  | 'undone'
  | 'purged'
  | 'failing'
  | 'failed';

/** A mover has still to do something. */
export const OPEN_STATES: readonly MoveState[] = [
  'planned',
  'ready',
  'frozen',
  'copied',
  'switched',
  'closed',
];

/** The old home is still the tenant's, so the move can be given up. */
export const BEFORE_SWITCH: readonly MoveState[] = ['planned', 'ready', 'frozen', 'copied'];
