import * as pulumi from '@pulumi/pulumi';

interface Statement {
  readonly Sid: string;
  readonly Effect: 'Deny';
  readonly Principal: '*';
  readonly Action: string;
  readonly Resource: pulumi.Input<string> | readonly pulumi.Input<string>[];
  readonly Condition: Record<string, Record<string, pulumi.Input<string>>>;
}

/**
 * What nobody may do with the bucket, whatever else allows it: speak to it without TLS, and, where
 * it has a key of its own, write under another key. It grants nothing; roles do that.
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
  const otherKey: Statement = {
    Sid: 'DenyOtherKey',
    Effect: 'Deny',
    Principal: '*',
    Action: 's3:PutObject',
    Resource: objects,
    // "IfExists": a writer that names no key gets the bucket's, which is right.
    Condition: {
      StringNotEqualsIfExists: { 's3:x-amz-server-side-encryption-aws-kms-key-id': keyArn },
    },
  };
  return { Version: '2012-10-17', Statement: [plainText, otherKey] };
}
