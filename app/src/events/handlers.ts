import type { Cache } from '../cache.ts';
import type { Metrics } from '../metrics.ts';
import type { Handler } from './consumer.ts';

/** What the platform does on events; all of it does no harm when it is done twice. */
export function handlers(cache: Cache, metrics: Metrics): Handler {
  return async ({ tenant, action }) => {
    switch (action) {
      case 'config.put':
      case 'config.delete':
        // The process that wrote it has done so already, unless it died in between.
        await cache.invalidate(tenant);
        break;
      case 'account.lock':
      case 'session.reuse':
        metrics.securityEvents.inc({ action });
        break;
      default:
    }
  };
}
