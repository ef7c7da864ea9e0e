import type * as pulumi from '@pulumi/pulumi';

import type { Peer } from '../network/peer.ts';

/** What a client needs to reach the document store, whatever engine serves it. */
export interface DocumentAccess {
  /** Connection string of the MongoDB driver, with user and password: a secret. */
  readonly uri: pulumi.Output<string>;
  /** Database that the application's collections live in. */
  readonly database: string;
  /** The authority that signed the server's certificate; give it to the driver as `tlsCAFile`. */
  readonly caPem: pulumi.Output<string>;
  /** The servers as a peer of `AllowTraffic`. */
  readonly peer: Peer;
}
