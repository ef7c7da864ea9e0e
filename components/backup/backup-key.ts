import type { Provider } from '@pulumi/aws/provider.js';
// The group's index would load 30 modules for two classes.
import { Alias } from '@pulumi/aws/kms/alias.js';
import { Key } from '@pulumi/aws/kms/key.js';
import * as pulumi from '@pulumi/pulumi';

export interface BackupKeyArgs {
  readonly provider: Provider;
  /** Name by which people find the key: `alias/<name>`. */
  readonly alias: string;
  /** ARN of the account that owns the key, `arn:aws:iam::123456789012:root`. */
  readonly accountArn: string;
  /** The key stays when its resource is deleted: without it no backup can be read. */
  readonly retain: boolean;
}

/** Customer key of the backups. It rotates each year; deleting it takes 30 days in which to object. */
export class BackupKey extends pulumi.ComponentResource {
  readonly keyArn: pulumi.Output<string>;

  constructor(name: string, args: BackupKeyArgs, opts?: pulumi.ComponentResourceOptions) {
    const { provider, alias, accountArn, retain } = args;
    super('saas:backup:BackupKey', name, { alias, accountArn, retain }, opts);
    const own = { parent: this, provider, retainOnDelete: retain };

    const key = new Key(
      `${name}-key`,
      {
        description: `Backups in the bucket ${alias}.`,
        enableKeyRotation: true,
        deletionWindowInDays: 30,
        // The account decides by IAM who uses the key; nobody outside it can.
        policy: JSON.stringify({
          Version: '2012-10-17',
          Statement: [
            {
              Sid: 'AccountDecides',
              Effect: 'Allow',
              Principal: { AWS: accountArn },
              Action: 'kms:*',
              Resource: '*',
            },
          ],
        }),
      },
      own,
    );
    new Alias(`${name}-alias`, { name: `alias/${alias}`, targetKeyId: key.keyId }, own);
    this.keyArn = key.arn;
    this.registerOutputs({ keyArn: this.keyArn });
  }
}
