import * as pulumi from '@pulumi/pulumi';

interface Statement {
  readonly Sid: string;
  readonly Effect: 'Deny';
  readonly Principal: '*';
  readonly Action: string;
  readonly Resource: pulumi.Input<string> | readonly pulumi.Input<string>[];
  readonly Condition: Record<string, Record<string, pulumi.Input<string>>>;
}

const ENCRYPTION = 's3:x-amz-server-side-encryption';
const KEY = 's3:x-amz-server-side-encryption-aws-kms-key-id';

/**
 * What nobody may do with the bucket, whatever else allows it: speak to it without TLS, and, where
 * it has a key of its own, write under anything but that key. It grants nothing; roles do that.
 */
export function bucketPolicy(
  arn: pulumi.Output<string>,
  keyArn: pulumi.Input<string> | undefined,
): { Version: string; Statement: Statement[] } {
  const objects = pulumi.interpolate`${arn}/*`;
  const plainText: Statement = {
    Sid: 'DenyPlainText',
    Effect: 'Deny',
    Principal: '*',
    Action: 's3:*',
    Resource: [arn, objects],
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  };
  if (keyArn === undefined) return { Version: '2012-10-17', Statement: [plainText] };
  const denyPut = (Sid: string, Condition: Statement['Condition']): Statement => ({
    Sid,
    Effect: 'Deny',
    Principal: '*',
    Action: 's3:PutObject',
    Resource: objects,
    Condition,
  });
  return {
    Version: '2012-10-17',
    Statement: [
      plainText,
      // Only where the header is there: a writer that names nothing gets the bucket's key, which is
      // right. An operator with "Not" alone is true for a missing header too.
      denyPut('DenyOtherKey', { StringNotEquals: { [KEY]: keyArn }, Null: { [KEY]: 'false' } }),
      denyPut('DenyOtherEncryption', {
        StringNotEquals: { [ENCRYPTION]: 'aws:kms' },
        Null: { [ENCRYPTION]: 'false' },
      }),
      // "aws:kms" without a key is the account's key, which every user of the account may use.
      denyPut('DenyAccountKey', {
        StringEquals: { [ENCRYPTION]: 'aws:kms' },
        Null: { [KEY]: 'true' },
      }),
    ],
  };
}
