import type * as pulumi from '@pulumi/pulumi';

import { PLUGIN } from './cluster-spec.ts';
import { customResource } from './custom-resource.ts';

interface BackupArgs {
  readonly namespace: pulumi.Input<string>;
  /** Name of the Cluster object. */
  readonly cluster: pulumi.Output<string>;
}

/** The default method is the deprecated in-tree Barman (cloudnative-pg/cloudnative-pg#8445). */
const METHOD = { method: 'plugin', pluginConfiguration: { name: PLUGIN } } as const;

/**
 * One base backup at once, awaited: without it the WAL archive restores nothing, and a wrong bucket
 * or key shows now instead of on the day of the restore.
 */
export function firstBackup(
  name: string,
  { namespace, cluster }: BackupArgs,
  opts: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
  const backup = customResource(
    name,
    {
      apiVersion: 'postgresql.cnpg.io/v1',
      kind: 'Backup',
      objectName: name,
      namespace,
      // From the primary: a standby of an idle cluster waits for the next WAL segment.
      spec: { cluster: { name: cluster }, target: 'primary', ...METHOD },
      waitFor: 'jsonpath={.status.phase}=completed',
      deadline: '5m',
    },
    opts,
  );
  return backup.metadata.name;
}

/** Base backups by the clock (six fields, seconds first, UTC), from a standby where there is one. */
export function scheduledBackup(
  name: string,
  { namespace, cluster, schedule }: BackupArgs & { readonly schedule: string },
  opts: pulumi.CustomResourceOptions,
): void {
  customResource(
    name,
    {
      apiVersion: 'postgresql.cnpg.io/v1',
      kind: 'ScheduledBackup',
      objectName: name,
      namespace,
      spec: {
        cluster: { name: cluster },
        schedule,
        target: 'prefer-standby',
        // Old Backup objects go with the schedule; what is in the bucket goes by the retention.
        backupOwnerReference: 'self',
        ...METHOD,
      },
    },
    opts,
  );
}
