import { withHome } from '../db/homes.ts';
import { asMover } from '../db/move-context.ts';
import type { MoveOptions } from '../db/move-record.ts';
import { SHARED } from '../db/placement.ts';
import { beginOffboarding, readOffboarding } from './offboarding.ts';
import type { Offboarding } from './offboarding.ts';
import type { Places } from './places.ts';
import { STEPS } from './steps.ts';

export interface OffboardOptions extends MoveOptions {
  readonly places: Places;
  /** The file that the tenant's data is written to before it is erased. */
  readonly file: string;
}

/**
 * Hands a tenant's data over and erases it everywhere, or goes on with that: the run may be killed at
 * any step. Nothing is erased before the export is complete, and the end is a proof, not a belief.
 * Backups are not touched; they hold the tenant until their retention is over.
 */
export async function offboard(options: OffboardOptions, slug: string): Promise<Offboarding> {
  const tenant = await withHome(options.target, SHARED, (main) => beginOffboarding(main, slug));
  return asMover(options, tenant, async (context) => {
    const { places, file } = options;
    for (;;) {
      const leaving = await readOffboarding(context.main, tenant);
      context.at(leaving.state);
      const step = STEPS[leaving.state];
      if (step === undefined) return leaving;
      await step({ ...context, places, file }, leaving);
    }
  });
}
