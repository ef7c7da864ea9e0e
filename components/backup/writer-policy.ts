import * as pulumi from '@pulumi/pulumi';

import type { BackupWriter } from './backup-access.ts';

const VERSION = '2012-10-17';

/** Who may assume the role: the named ServiceAccounts, with a token made for AWS, and nobody else. */
export function writerTrust({
  oidcProviderArn,
  serviceAccounts,
}: Pick<BackupWriter, 'serviceAccounts'> & { readonly oidcProviderArn: string }) {
  const issuer = oidcProviderArn.slice(oidcProviderArn.indexOf('/') + 1);
  const subjects = serviceAccounts.map(
    ({ namespace, name }) => pulumi.interpolate`system:serviceaccount:${namespace}:${name}`,
  );
  return {
    Version: VERSION,
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Federated: oidcProviderArn },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: {
          // Equals, never Like: a pattern would let in accounts that do not exist yet.
          StringEquals: {
            [`${issuer}:sub`]: subjects.length === 1 ? subjects[0] : subjects,
            [`${issuer}:aud`]: 'sts.amazonaws.com',
          },
        },
      },
    ],
  };
}

/** What the role may do, all of it below the prefix of the writer. */
export function writerPolicy({
  bucketArn,
  prefix,
  keyArn,
  region,
}: {
  readonly bucketArn: pulumi.Input<string>;
  readonly prefix: string;
  readonly keyArn?: pulumi.Input<string>;
  readonly region: string;
}) {
  return {
    Version: VERSION,
    Statement: [
      {
        Sid: 'FindObjects',
        Effect: 'Allow',
        Action: ['s3:ListBucket', 's3:ListBucketMultipartUploads'],
        Resource: bucketArn,
        // "IfExists": barman and others first ask whether the bucket is there, which names no prefix.
        Condition: { StringLikeIfExists: { 's3:prefix': [prefix, `${prefix}/*`] } },
      },
      {
        Sid: 'FindBucket',
        Effect: 'Allow',
        Action: 's3:GetBucketLocation',
        Resource: bucketArn,
      },
      {
        Sid: 'UseObjects',
        Effect: 'Allow',
        Action: [
          's3:GetObject',
          's3:PutObject',
          's3:DeleteObject',
          's3:AbortMultipartUpload',
          's3:ListMultipartUploadParts',
        ],
        Resource: pulumi.interpolate`${bucketArn}/${prefix}/*`,
      },
      ...(keyArn === undefined ? [] : [useKey(keyArn, region)]),
    ],
  };
}

/** Through S3 alone: the role cannot decrypt anything with the key by itself. */
function useKey(keyArn: pulumi.Input<string>, region: string) {
  return {
    Sid: 'UseKey',
    Effect: 'Allow',
    Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
    Resource: keyArn,
    Condition: { StringEquals: { 'kms:ViaService': `s3.${region}.${domain(region)}` } },
  };
}

function domain(region: string): string {
  return region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
}
