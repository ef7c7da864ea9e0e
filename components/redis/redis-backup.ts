import * as k8s from '@pulumi/kubernetes';
import * as pulumi from '@pulumi/pulumi';

import type { BackupAccess, BackupTarget } from '../backup/backup-access.ts';
import { checkCron } from '../checks.ts';
import { labels, selector } from '../labels.ts';
import { AllowTraffic } from '../network/allow-traffic.ts';
import { Peer } from '../network/peer.ts';
import { Port } from '../network/port.ts';
import { backupPod } from './redis-backup-pod.ts';
import type { RedisPodArgs } from './redis-pod.ts';

const COMPONENT = 'redis-backup';

export interface RedisBackupArgs {
  /** Image with the AWS command line and a shell. */
  readonly image: pulumi.Input<string>;
  readonly target: BackupTarget;
  /** Unix cron, five fields, UTC. */
  readonly schedule: string;
}

/** Refuses what the API server would only refuse after the nodes are made. */
export function checkBackup(name: string, { schedule }: RedisBackupArgs): void {
  checkCron(`${name}.backup.schedule`, schedule, 5);
}

/**
 * Snapshots of every shard by the clock. The snapshots are not of one moment; what lies between two
 * of them is lost with the cluster, which therefore holds nothing that cannot be rebuilt. Old ones
 * are ended by the lifecycle of the bucket.
 */
export function redisBackup(
  name: string,
  args: RedisBackupArgs & {
    readonly namespace: pulumi.Input<string>;
    /** Scripts by file name. */
    readonly scripts: Readonly<Record<string, string>>;
    readonly nodes: Peer;
    readonly pod: RedisPodArgs;
    /** Bytes that the data of all shards can take. */
    readonly space: number;
    /** What has to be there before a backup can work. */
    readonly dependsOn: readonly pulumi.Resource[];
  },
  parent: { readonly parent: pulumi.Resource },
): void {
  const { namespace, target, schedule } = args;
  const objectName = `${name}-backup`;
  const metadata = { name: objectName, namespace, labels: labels(name, COMPONENT) };
  const access = target.accessFor({
    prefix: name,
    serviceAccounts: [{ namespace, name: objectName }],
  });

  const account = new k8s.core.v1.ServiceAccount(
    `${objectName}-account`,
    {
      metadata: { ...metadata, ...roleAnnotation(access) },
      // It calls nobody in the cluster; the token for the cloud is another one.
      automountServiceAccountToken: false,
    },
    parent,
  );
  const scripts = new k8s.core.v1.ConfigMap(
    `${objectName}-scripts`,
    { metadata: { ...metadata, name: `${objectName}-scripts` }, data: args.scripts },
    parent,
  );
  const traffic = paths(objectName, Peer.pods(namespace, selector(name, COMPONENT)), {
    nodes: args.nodes,
    access,
    parent,
  });
  new k8s.batch.v1.CronJob(
    `${objectName}-schedule`,
    {
      metadata: { ...metadata, labels: { ...metadata.labels, 'backup-of': name } },
      spec: {
        schedule,
        timeZone: 'Etc/UTC',
        // Two at once would fork every shard twice.
        concurrencyPolicy: 'Forbid',
        startingDeadlineSeconds: 3600,
        successfulJobsHistoryLimit: 1,
        failedJobsHistoryLimit: 3,
        jobTemplate: {
          spec: {
            backoffLimit: 2,
            activeDeadlineSeconds: 3600,
            template: {
              metadata: { labels: labels(name, COMPONENT) },
              spec: backupPod({
                ...args.pod,
                objects: { ...args.pod.objects, scripts: scripts.metadata.name },
                account: account.metadata.name,
                awsCli: args.image,
                destination: pulumi.interpolate`s3://${target.bucket}/${name}`,
                access,
                space: args.space,
              }),
            },
          },
        },
      },
    },
    { ...parent, dependsOn: [...args.dependsOn, ...traffic] },
  );
}

function roleAnnotation(access: BackupAccess) {
  if (access.kind === 'keys') return {};
  return { annotations: { 'eks.amazonaws.com/role-arn': access.roleArn } };
}

function paths(
  name: string,
  pods: Peer,
  to: {
    readonly nodes: Peer;
    readonly access: BackupAccess;
    readonly parent: { readonly parent: pulumi.Resource };
  },
): AllowTraffic[] {
  const { nodes, access, parent } = to;
  return [
    new AllowTraffic(
      `${name}-nodes`,
      {
        from: [pods],
        to: [nodes],
        ports: [Port.redis],
        description: 'Snapshots are read from a node of every shard.',
      },
      parent,
    ),
    new AllowTraffic(
      `${name}-store`,
      {
        from: [pods],
        to: access.kind === 'keys' ? [access.peer] : access.peers,
        ports: [access.kind === 'keys' ? Port.tcp(7070) : Port.https],
        description: 'Snapshots go to the object store.',
      },
      parent,
    ),
  ];
}
