import { move, undo } from '../../src/db/move.ts';
import type { Model } from '../../src/db/placement.ts';
import type { MoveOptions } from '../../src/db/move-record.ts';
import type { TenantId } from '../../src/db/tenancy.ts';

// A mover in a process of its own that kills itself at a point, as a node that fails would.
const { options, tenant, model, point } = JSON.parse(process.argv[2] ?? '') as {
  options: MoveOptions;
  tenant: TenantId;
  model: Model | 'undo';
  point: string;
};
const killed: MoveOptions = {
  ...options,
  log: () => undefined,
  reached: (reached) => {
    if (reached === point) process.kill(process.pid, 'SIGKILL');
  },
};
await (model === 'undo' ? undo(killed, tenant) : move(killed, tenant, model));
