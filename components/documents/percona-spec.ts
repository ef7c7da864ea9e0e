import type * as pulumi from '@pulumi/pulumi';

import { ConfigError } from '../errors.ts';
import { operatorsLock } from '../operators/lock.ts';
import { podSecurity } from '../pod-security.ts';
import { volumeClaim } from '../volume-claim.ts';
import { kubernetesBytes } from '../postgres/quantity.ts';
import { spread } from '../spread.ts';
import type { PerconaStoreArgs } from './percona-store.ts';
import { memberLabels } from './percona-traffic.ts';

/** Name of the replica set, part of every host name. */
export const REPLICA_SET = 'rs0';
/** Name of the backup storage inside the object. */
export const STORAGE = 's3';
/** User and group of the images. */
const USER = 1001;
/** What the operator leaves to the server outside its cache. */
const RESERVED = 2 ** 30;

/** What Pod Security "restricted" asks of a container. The root stays writable: see `perconaSpec`. */
const RESTRICTED = {
  runAsNonRoot: true,
  runAsUser: USER,
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  seccompProfile: { type: 'RuntimeDefault' },
};
const POD = podSecurity(USER);
/**
 * The application logs in with a password and has no certificate: without this setting the server,
 * which has an authority to verify against, would take no client without one.
 */
const CONFIGURATION = 'net:\n  tls:\n    allowConnectionsWithoutCertificates: true\n';

export interface PerconaParts {
  readonly cacheRatio: number;
  readonly account: pulumi.Input<string>;
  readonly certificateSecret: pulumi.Input<string>;
  readonly usersSecret: pulumi.Input<string>;
  readonly encryptionSecret: pulumi.Input<string>;
  readonly applicationSecret: pulumi.Input<string>;
  readonly application: string;
}

/**
 * `spec` of a PerconaServerMongoDB. What the operator would default to something weak is said: TLS
 * that is only preferred, invalid certificates, unpinned pulls, upgrades by a version service. Roots
 * stay writable, because the image joins key and certificate in /tmp and mounts nothing there.
 */
export function perconaSpec(name: string, args: PerconaStoreArgs, parts: PerconaParts) {
  const { storage, backup } = args;
  return {
    crVersion: operatorsLock['percona-mongodb'].version,
    image: args.image,
    imagePullPolicy: 'IfNotPresent',
    initContainerSecurityContext: RESTRICTED,
    updateStrategy: 'SmartUpdate',
    upgradeOptions: { apply: 'disabled' },
    ...(args.clusterDomain === undefined
      ? {}
      : { clusterServiceDNSSuffix: `svc.${args.clusterDomain}` }),
    tls: { mode: 'requireTLS', allowInvalidCertificates: false },
    secrets: {
      users: parts.usersSecret,
      encryptionKey: parts.encryptionSecret,
      // A Secret that the operator did not make: it leaves the renewal to whoever did.
      ssl: parts.certificateSecret,
      sslInternal: parts.certificateSecret,
    },
    users: [
      {
        name: parts.application,
        db: 'admin',
        passwordSecretRef: { name: parts.applicationSecret, key: 'password' },
        roles: [{ name: 'readWrite', db: args.database }],
      },
    ],
    sharding: { enabled: false },
    logcollector: { enabled: false },
    replsets: [
      {
        name: REPLICA_SET,
        size: args.instances,
        configuration: CONFIGURATION,
        serviceAccountName: parts.account,
        podSecurityContext: POD,
        containerSecurityContext: RESTRICTED,
        resources: args.resources,
        affinity: { antiAffinityTopologyKey: 'kubernetes.io/hostname' },
        topologySpreadConstraints: spread(memberLabels(name)),
        podDisruptionBudget: { maxUnavailable: 1 },
        storage: {
          engine: 'wiredTiger',
          wiredTiger: {
            engineConfig: { cacheSizeRatio: parts.cacheRatio, journalCompressor: 'snappy' },
            collectionConfig: { blockCompressor: 'snappy' },
          },
        },
        volumeSpec: {
          persistentVolumeClaim: volumeClaim(storage.size, storage.storageClass),
        },
      },
    ],
    backup: {
      enabled: true,
      image: args.backupImage,
      containerSecurityContext: RESTRICTED,
      resources: {
        requests: { cpu: '100m', memory: '256Mi' },
        limits: { cpu: '1', memory: '1Gi' },
      },
      storages: {
        // Encryption at rest is the bucket's: with a role the operator drops it from here.
        [STORAGE]: {
          type: 's3',
          main: true,
          s3: { bucket: backup.bucket, region: backup.access.region, prefix: name },
        },
      },
      tasks: [
        {
          name: 'full',
          enabled: true,
          schedule: backup.schedule,
          storageName: STORAGE,
          type: 'logical',
          compressionType: 'gzip',
          retention: { type: 'count', count: backup.keep, deleteFromStorage: true },
        },
      ],
      // Ten minutes of oplog per piece: as much may be lost with the whole cluster.
      pitr: { enabled: true, oplogSpanMin: 10, compressionType: 'gzip' },
    },
  };
}

/** The operator's measure of the cache: its part of the memory limit beyond 1Gi. */
export function cacheRatio(name: string, cache: string, limit: string): number {
  const wanted = kubernetesBytes(`${name}.cache`, cache);
  const room = kubernetesBytes(`${name}.resources.limits.memory`, limit) - RESERVED;
  if (room > 0 && wanted <= room) return Number((wanted / room).toFixed(3));
  throw new ConfigError(
    `${name}.cache`,
    `"${cache}" and 1Gi for everything else do not fit into the memory limit of "${limit}".`,
  );
}
