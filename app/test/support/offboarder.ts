import type { MoveOptions } from '../../src/db/move-record.ts';
import { offboard } from '../../src/offboard/offboard.ts';
import { openPlaces } from './places.ts';
import type { PlaceAddresses } from './places.ts';

// An offboarding in a process of its own that kills itself at a point, as a node that fails would.
const { options, slug, file, addresses, point } = JSON.parse(process.argv[2] ?? '') as {
  options: MoveOptions;
  slug: string;
  file: string;
  addresses: PlaceAddresses;
  point: string;
};
const places = await openPlaces(addresses);
await offboard(
  {
    ...options,
    places,
    file,
    log: () => undefined,
    reached: (reached) => {
      if (reached === point) process.kill(process.pid, 'SIGKILL');
    },
  },
  slug,
);
