import type * as pulumi from '@pulumi/pulumi';

import type { Peer } from '../network/peer.ts';

/** What a client needs to reach the Redis Cluster. */
export interface RedisAccess {
  /** `host:6379` of every node: a redirect can name any of them. */
  readonly nodes: pulumi.Output<string[]>;
  /** ACL user, limited to the application's families of keys; see `redis-acl.ts`. */
  readonly username: 'app';
  /** Secret. */
  readonly password: pulumi.Output<string>;
  /** The authority that signed the certificate of every node. */
  readonly caPem: pulumi.Output<string>;
  /** The nodes as a peer of `AllowTraffic`. */
  readonly peer: Peer;
}
