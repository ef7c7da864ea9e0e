import type { S3Store, ObjectGatewayStore } from '../../stacks/backup.ts';
import type { Settings } from '../config.ts';
import type { Images } from '../images.ts';

/** The store of the backups. Absent settings stay absent: each has a default of its own below. */
export function backupStore(
  { backup: { store, retentionDays }, redis }: Settings,
  images: Pick<Images, 'objectGateway'>,
): S3Store | ObjectGatewayStore {
  if (store.kind === 'object-gateway') return { ...store, image: images.objectGateway };
  const { kind, region, oidcProviderArn, roleArn = '', keyArn, cidrs } = store;
  const { noncurrentDays = retentionDays, objectLock, accessLogBucket } = store;
  return {
    kind,
    region,
    roles:
      oidcProviderArn === undefined
        ? { kind: 'given', roleArn }
        : { kind: 'per-writer', oidcProviderArn },
    noncurrentDays,
    // PostgreSQL ends its own backups; whoever makes those of Redis deletes nothing.
    ...(redis.backup === undefined
      ? {}
      : { expirations: [{ prefix: 'redis', days: retentionDays }] }),
    ...(keyArn === undefined ? {} : { keyArn }),
    ...(cidrs === undefined ? {} : { cidrs }),
    ...(objectLock === undefined ? {} : { objectLock }),
    ...(accessLogBucket === undefined ? {} : { accessLogBucket }),
  };
}
