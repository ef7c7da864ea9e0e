import type { PluginDefinition } from '../provider/definition.ts';
import { bucket } from './bucket.ts';
import {
  getCallerIdentity,
  getOpenIdConnectProvider,
  getPartition,
  getPolicyDocument,
  getRegion,
} from './functions.ts';
import { bucketLifecycleConfiguration } from './lifecycle.ts';
import { bucketPolicy } from './policy.ts';
import {
  bucketLogging,
  bucketObjectLockConfiguration,
  bucketOwnershipControls,
  bucketPublicAccessBlock,
  bucketServerSideEncryptionConfiguration,
  bucketVersioning,
} from './settings.ts';

/**
 * Stand-in for the official aws provider, 7.48.0: the part about S3, against the endpoint that the
 * provider's configuration names, never against AWS.
 *
 * The sandbox's endpoint is versitygw 1.8. It has ownership controls and object lock, but no default
 * encryption, no lifecycle rules, no access logging and no public access block (501 NotImplemented),
 * and versioning only when it was started with a directory for versions. Such a setting is kept in the state and every create or update of it
 * warns, naming the bucket and the setting; on AWS the same program applies it.
 *
 * IAM and KMS are there for previews alone.
 */
export const aws: PluginDefinition = {
  name: 'aws',
  resources: {
    'aws:s3/bucket:Bucket': bucket,
    'aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration':
      bucketLifecycleConfiguration,
    'aws:s3/bucketLogging:BucketLogging': bucketLogging,
    'aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration':
      bucketObjectLockConfiguration,
    'aws:s3/bucketOwnershipControls:BucketOwnershipControls': bucketOwnershipControls,
    'aws:s3/bucketPolicy:BucketPolicy': bucketPolicy,
    'aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock': bucketPublicAccessBlock,
    'aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration':
      bucketServerSideEncryptionConfiguration,
    'aws:s3/bucketVersioning:BucketVersioning': bucketVersioning,
  },
  previewOnly: [
    'aws:iam/openIdConnectProvider:OpenIdConnectProvider',
    'aws:iam/policy:Policy',
    'aws:iam/role:Role',
    'aws:iam/rolePolicy:RolePolicy',
    'aws:iam/rolePolicyAttachment:RolePolicyAttachment',
    'aws:kms/alias:Alias',
    'aws:kms/key:Key',
  ],
  invokes: {
    'aws:iam/getOpenIdConnectProvider:getOpenIdConnectProvider': getOpenIdConnectProvider,
    'aws:iam/getPolicyDocument:getPolicyDocument': getPolicyDocument,
    'aws:index/getCallerIdentity:getCallerIdentity': getCallerIdentity,
    'aws:index/getPartition:getPartition': getPartition,
    'aws:index/getRegion:getRegion': getRegion,
  },
};
