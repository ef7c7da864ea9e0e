import type { Rule } from '../rule.ts';
import { eksCluster } from './eks-01-cluster.ts';
import { actionWildcards } from './iam-01-wildcards.ts';
import { administrators } from './iam-02-administrators.ts';
import { roleTrust } from './iam-03-trust.ts';
import { iamEscalation } from './iam-04-escalation.ts';
import { iamUsers } from './iam-05-users.ts';
import { keyRotation } from './kms-01-rotation.ts';
import { keyPrincipals } from './kms-02-principals.ts';
import { publicAccess } from './s3-01-public-access.ts';
import { ownership } from './s3-02-ownership.ts';
import { encryption } from './s3-03-encryption.ts';
import { versioning } from './s3-04-versioning.ts';
import { transport } from './s3-05-transport.ts';
import { bucketPrincipals } from './s3-06-everybody.ts';
import { objectLock } from './s3-07-object-lock.ts';
import { lifecycle } from './s3-08-lifecycle.ts';
import { accessLog } from './s3-09-access-log.ts';
import { replication } from './s3-10-replication.ts';
import { forceDestroy } from './s3-11-force-destroy.ts';
import { storageClasses } from './st-01-storage-classes.ts';

/** Rules about the cloud below the cluster, in the order of the control catalogue. */
export const cloudRules: readonly Rule[] = [
  publicAccess,
  ownership,
  encryption,
  versioning,
  transport,
  bucketPrincipals,
  objectLock,
  lifecycle,
  accessLog,
  replication,
  forceDestroy,
  keyRotation,
  keyPrincipals,
  storageClasses,
  actionWildcards,
  administrators,
  roleTrust,
  iamEscalation,
  iamUsers,
  eksCluster,
];
