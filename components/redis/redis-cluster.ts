import * as pulumi from '@pulumi/pulumi';

import type { CertificateAuthority } from '../certificates/certificate-authority.ts';
import type { RedisAccess } from './redis-access.ts';

export interface RedisClusterArgs {
  /** Namespace of the cluster. Its default-deny policy must exist first. */
  readonly namespace: pulumi.Input<string>;
  /** Redis 7 or 8 image with `redis-server`, `redis-cli`, `/bin/sh` and `getent`. */
  readonly image: pulumi.Input<string>;
  /** Signs the certificate that clients, replication and the cluster bus share. */
  readonly authority: CertificateAuthority;
  /** Number of nodes. Only 6 is accepted: three primaries with one replica each. */
  readonly nodes: number;
  /** Volume of each node, a Kubernetes quantity such as `10Gi`. */
  readonly storage: string;
  /** Storage class of the volumes. Default: that of the cluster. */
  readonly storageClass?: pulumi.Input<string>;
  /** Of each node. The memory limit must leave room for a fork above `maxmemory`. */
  readonly resources: {
    readonly requests: { readonly cpu: string; readonly memory: string };
    readonly limits: { readonly cpu: string; readonly memory: string };
  };
  /** Data size of a node, a Kubernetes quantity. Default: 60 % of the memory limit. */
  readonly maxmemory?: string;
  /** DNS domain of the Kubernetes cluster. Default: `cluster.local`. */
  readonly clusterDomain?: string;
}

/** A Redis Cluster of three primaries and three replicas: TLS only, ACL users, heals itself. */
export class RedisCluster extends pulumi.ComponentResource {
  /** For the application. Resolves after the cluster serves all slots. */
  declare readonly access: RedisAccess;

  constructor(name: string, args: RedisClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super('saas:redis:RedisCluster', name, args as unknown as pulumi.Inputs, opts);
  }
}
