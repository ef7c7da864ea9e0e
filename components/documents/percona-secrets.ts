import * as k8s from '@pulumi/kubernetes';
import * as pulumi from '@pulumi/pulumi';
import * as random from '@pulumi/random';

import { labels } from '../labels.ts';

/** Users that the operator and its agents log in as. It would complete a Secret that lacks one. */
const SYSTEM_USERS = {
  BACKUP: 'backup',
  DATABASE_ADMIN: 'databaseAdmin',
  CLUSTER_ADMIN: 'clusterAdmin',
  CLUSTER_MONITOR: 'clusterMonitor',
  USER_ADMIN: 'userAdmin',
} as const;

export interface PerconaSecretsArgs {
  readonly namespace: pulumi.Input<string>;
  /** User of the application. */
  readonly application: string;
}

/**
 * Passwords and the key of the encrypted files, made here and not by the operator, so that they are
 * in the state and survive the loss of the cluster: without the key the volumes are worthless.
 */
export function perconaSecrets(
  name: string,
  { namespace, application }: PerconaSecretsArgs,
  opts: pulumi.CustomResourceOptions,
) {
  const password = (suffix: string) =>
    // Letters and digits only, because it goes into URLs; 32 of them are 190 bits.
    new random.RandomPassword(`${name}-${suffix}-password`, { length: 32, special: false }, opts)
      .result;
  const secret = (suffix: string, stringData: Record<string, pulumi.Input<string>>) =>
    new k8s.core.v1.Secret(
      `${name}-${suffix}`,
      {
        metadata: { name: `${name}-${suffix}`, namespace, labels: labels(name, 'documents') },
        stringData,
      },
      opts,
    ).metadata.name;

  const users = Object.entries(SYSTEM_USERS).flatMap(([key, user]) => [
    [`MONGODB_${key}_USER`, user],
    [`MONGODB_${key}_PASSWORD`, password(key.toLowerCase().replace('_', '-'))],
  ]);
  const key = new random.RandomBytes(`${name}-encryption`, { length: 32 }, opts);
  const applicationPassword = password('application');
  return {
    application,
    password: applicationPassword,
    usersSecret: secret('users', Object.fromEntries(users) as Record<string, pulumi.Input<string>>),
    encryptionSecret: secret('encryption-key', { 'encryption-key': key.base64 }),
    applicationSecret: secret('application', { password: applicationPassword }),
  };
}
