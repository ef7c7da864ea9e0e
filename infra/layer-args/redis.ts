import type { BackupTarget } from '../../components/backup/backup-access.ts';
import type { Settings } from '../config.ts';
import type { Images } from '../images.ts';

/** Redis, and where its snapshots go if the stack wants any. */
export function redis(
  { redis: { maxmemory, backup, ...rest } }: Settings,
  { awsCli: image }: Images,
  target: BackupTarget,
) {
  return {
    ...rest,
    ...(maxmemory === undefined ? {} : { maxmemory }),
    ...(backup === undefined || image === undefined
      ? {}
      : { backup: { image, target, schedule: backup.schedule } }),
  };
}
