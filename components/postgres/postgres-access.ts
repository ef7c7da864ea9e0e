import type * as pulumi from '@pulumi/pulumi';

import type { Peer } from '../network/peer.ts';

/** A login of the database. */
export interface PostgresLogin {
  readonly username: string;
  /** Secret. Resolves after the operator has created the role. */
  readonly password: pulumi.Output<string>;
}

/** What a client needs to reach PostgreSQL. Every connection is TLS. */
export interface PostgresAccess {
  /** PgBouncer in transaction mode: no session state survives a transaction. */
  readonly poolerHost: pulumi.Output<string>;
  /** The writable primary itself, for migrations and for what needs a session. */
  readonly directHost: pulumi.Output<string>;
  readonly port: 5432;
  readonly database: string;
  /** The authority that signed the certificates of instances and pooler. */
  readonly caPem: pulumi.Output<string>;
  readonly roles: {
    /** Member of the owner `app_owner`: changes the schema. */
    readonly migrator: PostgresLogin;
    /** Owns nothing, sees only rows that row-level security shows. */
    readonly user: PostgresLogin;
    /** Passes row-level security: only for work across tenants. */
    readonly platform: PostgresLogin;
  };
  /** The pooler's pods as a peer of `AllowTraffic`. */
  readonly poolerPeer: Peer;
  /** The instances as a peer of `AllowTraffic`. */
  readonly directPeer: Peer;
}
