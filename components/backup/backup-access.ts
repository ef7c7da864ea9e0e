import type * as pulumi from '@pulumi/pulumi';

import type { Peer } from '../network/peer.ts';

/** Static keys for an S3 server inside the cluster. */
export interface KeyAccess {
  readonly kind: 'keys';
  /** Address inside the cluster, `https://host:7070`. */
  readonly endpoint: pulumi.Output<string>;
  /** Region that requests are signed for; the server checks it. */
  readonly region: string;
  /** Secret with the keys `access-key-id` and `secret-access-key`, in the namespace of the writers. */
  readonly secretName: pulumi.Output<string>;
  /** Secret with the key `ca.crt` that the server's certificate is verified against, same namespace. */
  readonly caSecretName: pulumi.Output<string>;
  /** The pods that serve port 7070. */
  readonly peer: Peer;
}

/** The identity of the pod's ServiceAccount, for S3 of a cloud. Nothing secret is stored. */
export interface RoleAccess {
  readonly kind: 'role';
  /** IAM role that the writer's ServiceAccounts assume: annotation `eks.amazonaws.com/role-arn`. */
  readonly roleArn: pulumi.Input<string>;
  readonly region: string;
  /**
   * Key that the bucket demands. A writer that names an encryption must name this key too, because
   * `aws:kms` alone means the account's key; one that names neither gets this key.
   */
  readonly keyArn?: pulumi.Input<string>;
  /** Where S3 and STS answer on port 443: the addresses of VPC endpoints, or a wider block. */
  readonly peers: readonly Peer[];
}

/** How one workload authenticates to the bucket. */
export type BackupAccess = KeyAccess | RoleAccess;

/** One of those who write backups, such as PostgreSQL or the snapshots of Elasticsearch. */
export interface BackupWriter {
  /** Folder of everything it writes, such as `postgres`. No two writers share one. */
  readonly prefix: string;
  /** Every ServiceAccount that reads or writes there, an operator's included. */
  readonly serviceAccounts: readonly {
    readonly namespace: pulumi.Input<string>;
    readonly name: string;
  }[];
}

/** A bucket and the way into it. */
export interface BackupTarget {
  /** Name of the bucket. Resolves after its versioning and policy are in place. */
  readonly bucket: pulumi.Output<string>;
  readonly region: string;
  /** S3 endpoint inside the cluster. Absent: Amazon S3. */
  readonly endpoint?: pulumi.Output<string>;
  /**
   * The way in for one writer, asked for once per writer by the component that owns its
   * ServiceAccounts:
   *
   * ```ts
   * const access = target.accessFor({
   *   prefix: 'documents',
   *   serviceAccounts: [{ namespace, name: 'documents' }],
   * });
   * ```
   *
   * In AWS it makes an IAM role that may do no more than read and write below the prefix; the
   * component annotates the ServiceAccounts with it. In the cluster all writers share the store's
   * keys.
   */
  readonly accessFor: (writer: BackupWriter) => BackupAccess;
}
