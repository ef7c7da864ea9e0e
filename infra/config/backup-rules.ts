import { ConfigError } from '../../components/errors.ts';
import type { Partly } from './partly.ts';
import type { SettingsInput } from './schema.ts';

type Backup = NonNullable<Partly<SettingsInput>['backup']>;
type S3 = Extract<NonNullable<Backup['store']>, { kind?: 's3' | undefined; region?: unknown }>;

/** Mistakes of the store in AWS that only show when several of its settings are seen together. */
export function brokenBackupRules({ backup }: Partly<SettingsInput>): ConfigError[] {
  const store = backup?.store;
  if (backup === undefined || store?.kind !== 's3') return [];
  return [
    ...samePlace(store),
    ...lockFitsLifecycle(backup, store),
    ...logsElsewhere(backup, store),
  ];
}

const problem = (setting: string, text: string, hint?: string) =>
  new ConfigError(`backup.store.${setting}`, text, hint);

/** Partition of a region: accounts of one know nothing of another. */
function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}

function samePlace({ region, oidcProviderArn, roleArn, keyArn }: S3): ConfigError[] {
  if (region === undefined) return [];
  const expected = partitionOf(region);
  const foreign = Object.entries({ oidcProviderArn, roleArn, keyArn }).flatMap(([name, arn]) => {
    const partition = arn?.split(':')[1];
    if (arn === undefined || partition === expected) return [];
    const text = `is of the partition "${partition}", but ${region} is of "${expected}".`;
    const hint = `Did you mean "${arn.replace(`arn:${partition}:`, `arn:${expected}:`)}"?`;
    return [problem(name, text, hint)];
  });
  const keyRegion = keyArn?.split(':')[3];
  if (foreign.length > 0 || keyRegion === undefined || keyRegion === region) return foreign;
  const text = `is a key of ${keyRegion}, but the bucket is in ${region}.`;
  return [problem('keyArn', text, 'S3 takes only keys of its own region.')];
}

function lockFitsLifecycle({ retentionDays }: Backup, store: S3): ConfigError[] {
  const { days } = store.objectLock ?? {};
  if (days === undefined || retentionDays === undefined) return [];
  const { noncurrentDays = retentionDays } = store;
  if (days < retentionDays) {
    const text = `${days} days end before the ${retentionDays} of backup.retentionDays.`;
    return [problem('objectLock.days', text, `Lock for at least ${retentionDays}.`)];
  }
  const life = retentionDays + noncurrentDays;
  if (days <= life) return [];
  const text = `${days} days outlast the lifecycle, which ends a backup after ${life}.`;
  return [problem('objectLock.days', text, `Lock for ${life} at most, or raise noncurrentDays.`)];
}

function logsElsewhere({ bucket }: Backup, { accessLogBucket }: S3): ConfigError[] {
  if (accessLogBucket === undefined || accessLogBucket !== bucket) return [];
  const text = `"${accessLogBucket}" is already the bucket of the backups.`;
  return [problem('accessLogBucket', text, 'A log of its own log would never end.')];
}
