import type { Fingerprints } from './fingerprints.ts';
import type { Store } from './store.ts';

/** What every step of a build needs. */
export interface BuildContext {
  /** Root of the checkout. */
  readonly projectDir: string;
  /** Its `.cache`. */
  readonly cacheDir: string;
  readonly store: Store;
  readonly fingerprints: Fingerprints;
  /** Folder for Debian's package lists, which all layers of one run share. Absent at first. */
  readonly packageLists: string;
}
