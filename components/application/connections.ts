import type * as pulumi from '@pulumi/pulumi';

import type { Peer } from '../network/peer.ts';
import type { RedisAccess } from '../redis/redis-access.ts';

/** A database login; the password is a secret. */
export interface DatabaseRole {
  readonly username: string;
  readonly password: pulumi.Output<string>;
}

/** What the application needs of PostgreSQL. */
export interface PostgresConnection {
  /** PgBouncer in transaction mode, for requests. */
  readonly poolerHost: pulumi.Input<string>;
  /** The primary itself, for migrations and session features. */
  readonly directHost: pulumi.Input<string>;
  readonly port: number;
  readonly database: string;
  readonly caPem: pulumi.Output<string>;
  readonly roles: {
    /** Owns the schema through its group; only the migration Job has it. */
    readonly migrator: DatabaseRole;
    /** Subject to row-level security; requests run as it. */
    readonly user: DatabaseRole;
    /** Sees every tenant; only for platform work. */
    readonly platform: DatabaseRole;
  };
  readonly poolerPeer: Peer;
  readonly directPeer: Peer;
}

/** What the application needs of the document store. */
export interface DocumentConnection {
  /** MongoDB URI with credentials: a secret. */
  readonly uri: pulumi.Output<string>;
  readonly database: string;
  readonly caPem: pulumi.Output<string>;
  readonly peer: Peer;
}

/** The data layer as the application sees it. */
export interface DataConnections {
  readonly postgres: PostgresConnection;
  readonly redis: RedisAccess;
  readonly documents: DocumentConnection;
}
