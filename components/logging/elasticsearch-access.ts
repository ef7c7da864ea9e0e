import type * as pulumi from '@pulumi/pulumi';

import type { Peer } from '../network/peer.ts';

/** Label of every object of the store. */
export const COMPONENT = 'elasticsearch';

/** What a client inside the cluster needs to reach Elasticsearch as one user. */
export interface ElasticsearchAccess {
  /** `https://host:9200`. Resolves once the cluster is ready and has its settings. */
  readonly url: pulumi.Output<string>;
  readonly username: string;
  /** Secret. */
  readonly password: pulumi.Output<string>;
  /** The authority that signed the server's certificate. */
  readonly caPem: pulumi.Output<string>;
  /** The servers as a peer of `AllowTraffic`. */
  readonly peer: Peer;
}
