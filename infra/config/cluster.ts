import { z } from 'zod';

import { count, text } from './groups.ts';
import { cidr, objectName } from './values.ts';

const ebs = z.strictObject({
  keyArn: z
    .string()
    .regex(
      /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/\S+$/,
      'must be the ARN of a KMS key, not of an alias.',
    )
    .optional()
    .describe(
      "KMS key of the volumes; the role of the EBS CSI driver must be allowed to use it. Default: the account's key for EBS.",
    ),
  iops: count(3000, 80_000).default(3000).describe('Operations per second of each volume.'),
  throughput: count(125, 2000).default(125).describe('MiB per second of each volume.'),
});

export const cluster = z.strictObject({
  context: text().describe('Context of the kubeconfig. The file is $KUBECONFIG or ~/.kube/config.'),
  identifier: objectName().describe(
    'Our own name of the cluster. It stays when its address changes; a new one replaces everything.',
  ),
  apiServer: z
    .strictObject({
      cidr: cidr().describe('Network of the API server after address translation.'),
      port: count(1, 65_535).default(443).describe('Port it listens on.'),
    })
    .describe('Where operators and the gateway reach the Kubernetes API.'),
  storageClass: objectName()
    .optional()
    .describe("Storage class of all volumes. Default: the cluster's own default."),
  ebs: ebs
    .optional()
    .describe(
      'The platform makes the class that storageClass names: gp3 volumes of Amazon EBS, encrypted, able to grow, kept when their claim is deleted. Default: the class is there already.',
    ),
  domain: text().default('cluster.local').describe('DNS domain of the cluster.'),
});
