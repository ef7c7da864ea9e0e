import type * as pulumi from '@pulumi/pulumi';

import type { BackupAccess } from '../backup/backup-access.ts';
import type { ClusterSpec } from '../crds/cloudnative-pg.ts';
import type { DeepInput } from '../deep-input.ts';
import { type Apart, NODE, spread, ZONE } from '../spread.ts';
import type { SynchronousSpec } from './synchronous.ts';

/** Backup plugin: its Deployment answers for ObjectStores, its sidecar runs in every instance. */
export const PLUGIN = 'barman-cloud.cloudnative-pg.io';

/** A volume: it grows but never shrinks. */
export interface Volume {
  /** Kubernetes quantity such as `20Gi`. */
  readonly size: string;
  /** Default: the cluster's default class. */
  readonly storageClass?: string;
}

/** Requests and limits of one container. */
export interface Resources {
  readonly requests: { readonly cpu: string; readonly memory: string };
  readonly limits: { readonly cpu?: string; readonly memory: string };
}

export interface ClusterSpecArgs {
  /** Name of the Cluster object. */
  readonly cluster: string;
  readonly image: pulumi.Input<string>;
  readonly instances: number;
  readonly storage: Volume;
  readonly walStorage: Volume | undefined;
  readonly resources: Resources;
  readonly parameters: Readonly<Record<string, string>>;
  readonly synchronous: SynchronousSpec | undefined;
  readonly database: string;
  readonly owner: string;
  readonly ownerSecret: pulumi.Input<string>;
  readonly certificateSecret: pulumi.Input<string>;
  readonly objectStore: pulumi.Input<string>;
  readonly access: BackupAccess;
  readonly spread: Apart;
}

/** `spec` of the Cluster. Pure: the same input, the same spec. */
export function clusterSpec(args: ClusterSpecArgs): DeepInput<ClusterSpec> {
  const { instances, synchronous, walStorage, access } = args;
  return {
    imageName: args.image,
    instances,
    storage: volume(args.storage),
    ...(walStorage === undefined ? {} : { walStorage: volume(walStorage) }),
    resources: args.resources,
    postgresql: {
      parameters: args.parameters,
      ...(synchronous === undefined ? {} : { synchronous }),
      // Before the operator's own "host all all all scram-sha-256": passwords only over TLS.
      pg_hba: ['hostnossl all all all reject'],
    },
    bootstrap: {
      initdb: {
        database: args.database,
        owner: args.owner,
        secret: { name: args.ownerSecret },
        dataChecksums: true,
        encoding: 'UTF8',
        // Bytewise order never changes with the C library, so no index has to be rebuilt; the
        // character type still knows upper and lower case beyond ASCII.
        localeCollate: 'C',
        localeCType: 'C.UTF-8',
      },
    },
    enableSuperuserAccess: false,
    // Ours only for servers: clients verify one authority for every store of the platform. The
    // operator goes on to make the certificates by which standbys and poolers log in.
    certificates: {
      serverTLSSecret: args.certificateSecret,
      serverCASecret: args.certificateSecret,
    },
    plugins: [
      { name: PLUGIN, isWALArchiver: true, parameters: { barmanObjectName: args.objectStore } },
    ],
    ...(access.kind === 'role' ? { serviceAccountTemplate: roleAnnotation(access.roleArn) } : {}),
    affinity: {
      enablePodAntiAffinity: true,
      podAntiAffinityType: args.spread === 'preferred' ? 'preferred' : 'required',
      topologyKey: args.spread === 'zone' ? ZONE : NODE,
    },
    // Where the rule above keeps to nodes, these still prefer other zones.
    topologySpreadConstraints: spread(instanceLabels(args.cluster), args.spread),
    // With one instance it would block every drain of a node for ever.
    enablePDB: instances > 1,
    primaryUpdateStrategy: 'unsupervised',
    // The standby takes over before the primary restarts; alone, it can only restart.
    primaryUpdateMethod: instances > 1 ? 'switchover' : 'restart',
    // Seconds. Poolers never hang up by themselves, so waiting for clients is only downtime.
    smartShutdownTimeout: 1,
    stopDelay: 120,
  };
}

/** Labels of the running servers: not of poolers, not of the Jobs that create or clone an instance. */
export function instanceLabels(cluster: string): Record<string, string> {
  return { 'cnpg.io/cluster': cluster, 'cnpg.io/podRole': 'instance' };
}

function volume({ size, storageClass }: Volume) {
  return { size, ...(storageClass === undefined ? {} : { storageClass }) };
}

/** EKS gives the role to pods of an account with this annotation. */
function roleAnnotation(roleArn: pulumi.Input<string>) {
  return { metadata: { annotations: { 'eks.amazonaws.com/role-arn': roleArn } } };
}
