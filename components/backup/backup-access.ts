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
  /** IAM role that the writers' ServiceAccounts assume. */
  readonly roleArn: pulumi.Input<string>;
  readonly region: string;
  /** Where S3 and STS answer on port 443: the addresses of VPC endpoints, or a wider block. */
  readonly peers: readonly Peer[];
}

/** How a workload authenticates to the bucket. */
export type BackupAccess = KeyAccess | RoleAccess;

/** A bucket and the way into it. */
export interface BackupTarget {
  /** Name of the bucket. Resolves after its versioning and policy are in place. */
  readonly bucket: pulumi.Output<string>;
  readonly access: BackupAccess;
}
