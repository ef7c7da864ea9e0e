import type * as pulumi from '@pulumi/pulumi';

import type { Peer } from '../network/peer.ts';

/** What a program inside the cluster needs to send its spans. */
export interface TracingAccess {
  /** `https://host:4318` of an OTLP/HTTP receiver, without `/v1/traces`. Resolves once it answers. */
  readonly endpoint: pulumi.Output<string>;
  /** The authority that signed its certificate. */
  readonly caPem: pulumi.Output<string>;
  /** The receivers as a peer of `AllowTraffic`; they listen on `Port.otlpHttp`. */
  readonly peer: Peer;
}
