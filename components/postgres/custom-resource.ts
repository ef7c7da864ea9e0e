import type * as k8s from '@pulumi/kubernetes';
import type * as pulumi from '@pulumi/pulumi';

import type { ObjectStoreSpec } from '../crds/barman-cloud.ts';
import type * as cnpg from '../crds/cloudnative-pg.ts';
import { awaitedResource } from '../custom-resource.ts';
import type { DeepInput } from '../deep-input.ts';
import { labels } from '../labels.ts';

/** Kinds of the operators with the specs that their CRDs accept. */
interface Specs {
  readonly Backup: cnpg.BackupSpec;
  readonly Cluster: cnpg.ClusterSpec;
  readonly Database: cnpg.DatabaseSpec;
  readonly DatabaseRole: cnpg.DatabaseRoleSpec;
  readonly ObjectStore: ObjectStoreSpec;
  readonly Pooler: cnpg.PoolerSpec;
  readonly ScheduledBackup: cnpg.ScheduledBackupSpec;
}

export interface CustomResourceArgs<Kind extends keyof Specs> {
  readonly apiVersion: Kind extends 'ObjectStore'
    ? 'barmancloud.cnpg.io/v1'
    : 'postgresql.cnpg.io/v1';
  readonly kind: Kind;
  /** Name of the object in the cluster. */
  readonly objectName: string;
  readonly namespace: pulumi.Input<string>;
  readonly spec: DeepInput<Specs[Kind]>;
  /** SHA-256 of its server certificate: a renewal changes the object, so the operator reloads it. */
  readonly certificate?: pulumi.Input<string>;
  /** Condition or JSON path; without one the object counts as ready when it is accepted. */
  readonly waitFor?: string;
  /** Longest wait, such as `5m`. Default: 2m. */
  readonly deadline?: string;
}

/** A custom resource of the PostgreSQL operators. */
export function customResource<Kind extends keyof Specs>(
  name: string,
  args: CustomResourceArgs<Kind>,
  opts: pulumi.CustomResourceOptions,
): k8s.apiextensions.CustomResource {
  const { apiVersion, kind, objectName, namespace, spec, waitFor, deadline } = args;
  const annotations = {
    // Deleted in the foreground, a Pooler would never go: the operator replaces its pods until then.
    'pulumi.com/deletionPropagationPolicy': 'background',
    ...(args.certificate === undefined ? {} : { 'checksum/certificate': args.certificate }),
  };
  return awaitedResource(
    name,
    {
      apiVersion,
      kind,
      metadata: {
        name: objectName,
        namespace,
        labels: labels(objectName, 'postgres'),
        annotations,
      },
      spec,
      ...(waitFor === undefined ? {} : { waitFor }),
      ...(deadline === undefined ? {} : { deadline }),
    },
    opts,
  );
}
