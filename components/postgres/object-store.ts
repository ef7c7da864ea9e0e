import * as k8s from '@pulumi/kubernetes';
import * as pulumi from '@pulumi/pulumi';

import type { BackupAccess } from '../backup/backup-access.ts';
import { ConfigError } from '../errors.ts';
import { labels } from '../labels.ts';
import { customResource } from './custom-resource.ts';

export interface ObjectStoreArgs {
  readonly namespace: pulumi.Input<string>;
  /** Name of the bucket. */
  readonly bucket: pulumi.Input<string>;
  readonly access: BackupAccess;
  /** Folder in the bucket; two clusters in one folder corrupt each other's archive. */
  readonly prefix: string;
  /** Recovery window such as `30d`, `4w` or `6m`. */
  readonly retention: string;
}

/**
 * Where the backup plugin writes the WAL archive and base backups, and as whom. The object has no
 * readiness condition: that it works shows in the first backup.
 */
export function objectStore(
  name: string,
  args: ObjectStoreArgs,
  opts: pulumi.CustomResourceOptions,
): k8s.apiextensions.CustomResource {
  const { namespace, bucket, access, prefix, retention } = args;
  const credentials =
    access.kind === 'keys'
      ? {
          endpointURL: access.endpoint,
          endpointCA: { name: access.caSecretName, key: 'ca.crt' },
          s3Credentials: {
            accessKeyId: { name: access.secretName, key: 'access-key-id' },
            secretAccessKey: { name: access.secretName, key: 'secret-access-key' },
          },
        }
      : roleCredentials(name, namespace, access.region, opts);
  const region = { name: 'AWS_DEFAULT_REGION', value: access.region };
  return customResource(
    name,
    {
      apiVersion: 'barmancloud.cnpg.io/v1',
      kind: 'ObjectStore',
      objectName: name,
      namespace,
      spec: {
        configuration: {
          destinationPath: pulumi.interpolate`s3://${bucket}/${prefix}`,
          ...credentials,
          // Python's own method: the one that every build of the sidecar has.
          wal: {
            compression: 'gzip',
            maxParallel: 2,
            ...encrypted(access, 'archiveAdditionalCommandArgs'),
          },
          data: {
            compression: 'gzip',
            jobs: 2,
            // A spread checkpoint would keep every backup waiting for minutes.
            immediateCheckpoint: true,
            ...encrypted(access, 'additionalCommandArgs'),
          },
        },
        retentionPolicy: retention,
        instanceSidecarConfiguration: {
          env: [region],
          resources: {
            requests: { cpu: '50m', memory: '128Mi' },
            limits: { memory: '512Mi' },
          },
        },
      },
    },
    opts,
  );
}

/**
 * The pod's own role. The region comes as a Secret although it is none: without any named Secret
 * the plugin (0.14, #892) writes a Role that may read every Secret of the namespace.
 */
function roleCredentials(
  name: string,
  namespace: pulumi.Input<string>,
  region: string,
  opts: pulumi.CustomResourceOptions,
) {
  const secret = new k8s.core.v1.Secret(
    `${name}-region`,
    {
      metadata: { name: `${name}-region`, namespace, labels: labels(name, 'postgres') },
      stringData: { region },
    },
    opts,
  );
  return {
    s3Credentials: {
      // Said explicitly: the plugin takes a missing choice for "no credentials defined".
      inheritFromIAMRole: true,
      region: { name: secret.metadata.name, key: 'region' },
    },
  };
}

/** Encryption and key together: "aws:kms" alone would mean the account's key, not the bucket's. */
function encrypted(access: BackupAccess, commandArgs: string) {
  if (access.kind === 'keys' || access.keyArn === undefined) return {};
  return { encryption: 'aws:kms' as const, [commandArgs]: ['--sse-kms-key-id', access.keyArn] };
}

/** Refuses what the operator would only refuse later. */
export function checkRetention(path: string, retention: string): void {
  if (/^[1-9][0-9]*[dwm]$/.test(retention)) return;
  const days = /^\d+$/.test(retention) ? `${retention}d` : '30d';
  throw new ConfigError(
    path,
    `"${retention}" is not a recovery window.`,
    `Did you mean "${days}"?`,
  );
}
