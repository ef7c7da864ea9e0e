import { z } from 'zod';

import { awsRegion, roleArn } from './aws.ts';
import { bucketName, cidr, cron, size } from './values.ts';

const days = (least: number) => z.number().int().min(least).max(3650);

const arn = (pattern: RegExp, of: string) => z.string().regex(pattern, `must be the ARN of ${of}.`);

/** There must be a role, and it must be clear which. */
function oneKindOfRole(
  { oidcProviderArn, roleArn }: { oidcProviderArn?: unknown; roleArn?: unknown },
  context: z.RefinementCtx,
): void {
  if (oidcProviderArn === undefined && roleArn === undefined) {
    const message =
      'names nobody who may write. Set oidcProviderArn, or roleArn to a role that exists.';
    context.addIssue({ code: 'custom', message });
  }
  if (oidcProviderArn === undefined || roleArn === undefined) return;
  const message =
    'is not used where oidcProviderArn is set. Leave it out: the platform makes a role per writer.';
  context.addIssue({ code: 'custom', path: ['roleArn'], message });
}

const s3 = z
  .strictObject({
    kind: z.literal('s3').describe('Amazon S3.'),
    region: awsRegion().describe('AWS region of the bucket.'),
    oidcProviderArn: arn(
      /^arn:aws[a-z-]*:iam::\d{12}:oidc-provider\/[^\s/:]+\/\S+$/,
      'an IAM OIDC provider, such as "arn:aws:iam::123456789012:oidc-provider/oidc.eks.eu-central-1.amazonaws.com/id/…"',
    )
      .optional()
      .describe(
        "OIDC provider of the cluster in IAM. The platform then makes one role per writer of backups, limited to the writer's own folder.",
      ),
    roleArn: roleArn()
      .optional()
      .describe(
        'In place of oidcProviderArn, where the platform may not make roles: one role that every writer assumes. What it may do is yours to limit.',
      ),
    keyArn: arn(/^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/\S+$/, 'a KMS key, not of an alias')
      .optional()
      .describe(
        'KMS key that encrypts the backups. Default: the platform makes one, which rotates each year and takes 30 days to delete.',
      ),
    noncurrentDays: days(1)
      .optional()
      .describe(
        'Days that an overwritten or deleted object can still be brought back. Default: retentionDays.',
      ),
    objectLock: z
      .strictObject({
        mode: z
          .enum(['GOVERNANCE', 'COMPLIANCE'])
          .describe('GOVERNANCE can be lifted by a special right, COMPLIANCE by nobody.'),
        days: days(1).describe('Days from writing in which a backup cannot be deleted.'),
      })
      .optional()
      .describe(
        'Write-once protection. Chosen when the bucket is made: a later change makes a new bucket. Writers must send checksums. Default: none.',
      ),
    accessLogBucket: bucketName()
      .optional()
      .describe('Existing bucket for the access log of the backups. Default: no access log.'),
    cidrs: z
      .array(cidr())
      .min(1)
      .optional()
      .describe('Networks in which S3 and STS answer. Default: any address but metadata.'),
  })
  .superRefine(oneKindOfRole);

const objectGateway = z.strictObject({
  kind: z.literal('object-gateway').describe('An object store inside the cluster.'),
  storage: size().describe('Volume of the object store.'),
});

export const backup = z.strictObject({
  bucket: bucketName().describe('Name of the bucket. In AWS it is unique in the world.'),
  schedule: cron().describe('When a base backup is made: five cron fields, UTC.'),
  retentionDays: days(1).describe('Days back that any moment can be restored.'),
  store: z.discriminatedUnion('kind', [objectGateway, s3]).describe('Where backups are kept.'),
});
