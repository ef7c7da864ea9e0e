import type { S3Store, ObjectGatewayStore } from '../../stacks/backup.ts';
import type { Settings } from '../config.ts';
import type { Images } from '../images.ts';

/** The store of the backups. Absent settings stay absent: each has a default of its own below. */
export function backupStore(
  { backup: { store, retentionDays } }: Settings,
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
    ...(keyArn === undefined ? {} : { keyArn }),
    ...(cidrs === undefined ? {} : { cidrs }),
    ...(objectLock === undefined ? {} : { objectLock }),
    ...(accessLogBucket === undefined ? {} : { accessLogBucket }),
  };
}
