import { z } from 'zod';

import { quota } from './groups.ts';

/** Settings of the layer `observability`; each part is there only where it is set. */
export const observability = z.strictObject({
  namespaces: z
    .strictObject({
      observability: quota('the stores of logs, metrics and traces'),
      agents: quota('the agents that read each node'),
    })
    .describe('Upper bounds per namespace.'),
});
