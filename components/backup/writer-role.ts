import type { Provider } from '@pulumi/aws/provider.js';
// The group's index would load 300 modules for two classes.
import { Role } from '@pulumi/aws/iam/role.js';
import { RolePolicy } from '@pulumi/aws/iam/rolePolicy.js';
import * as pulumi from '@pulumi/pulumi';

import { ConfigError } from '../errors.ts';
import type { BackupWriter } from './backup-access.ts';
import { writerPolicy, writerTrust } from './writer-policy.ts';

export interface WriterRoleArgs extends BackupWriter {
  readonly provider: Provider;
  /** ARN of the account's OIDC provider for the cluster, `arn:aws:iam::…:oidc-provider/…`. */
  readonly oidcProviderArn: string;
  readonly bucketArn: pulumi.Input<string>;
  readonly region: string;
  /** Customer key of the bucket. Default: none, S3 encrypts with its own. */
  readonly keyArn?: pulumi.Input<string>;
}

/**
 * IAM role of one writer of backups (IRSA). Only the named ServiceAccounts can assume it, and it
 * reaches nothing but the objects below the writer's prefix. It cannot delete an old version: what
 * a stolen role overwrites or deletes can be brought back until the bucket's lifecycle ends it.
 *
 * Writers get theirs from `BackupTarget.accessFor`.
 */
export class WriterRole extends pulumi.ComponentResource {
  /** Resolves once the role has its rights. */
  readonly roleArn: pulumi.Output<string>;

  constructor(name: string, args: WriterRoleArgs, opts?: pulumi.ComponentResourceOptions) {
    const { provider, prefix, serviceAccounts, ...rest } = args;
    checkWriter(name, args);
    super('saas:backup:WriterRole', name, { prefix, serviceAccounts, ...rest }, opts);
    const own = { parent: this, provider };

    const role = new Role(
      `${name}-role`,
      {
        description: `Backups of the platform below ${prefix}/.`,
        assumeRolePolicy: pulumi.jsonStringify(writerTrust(args)),
      },
      own,
    );
    const policy = new RolePolicy(
      `${name}-policy`,
      { role: role.name, policy: pulumi.jsonStringify(writerPolicy(args)) },
      own,
    );
    this.roleArn = pulumi.all([role.arn, policy.id]).apply(([arn]) => arn);
    this.registerOutputs({ roleArn: this.roleArn });
  }
}

function checkWriter(name: string, { prefix, serviceAccounts }: BackupWriter): void {
  if (!/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(prefix)) {
    const problem = `"${prefix}" must be lower-case letters, digits and hyphens.`;
    throw new ConfigError(`${name}.prefix`, problem);
  }
  // An empty list would make a condition that AWS refuses; a wildcard one that lets everybody in.
  if (serviceAccounts.length === 0) {
    throw new ConfigError(`${name}.serviceAccounts`, 'the list is empty: nobody could write.');
  }
  const wrong = serviceAccounts.find(
    (account) => !/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(account.name),
  );
  if (wrong === undefined) return;
  throw new ConfigError(
    `${name}.serviceAccounts`,
    `"${wrong.name}" must be the exact name of a ServiceAccount.`,
  );
}
