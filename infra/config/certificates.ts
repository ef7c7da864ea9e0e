import { z } from 'zod';

import { awsRegion, roleArn } from './aws.ts';

/** Settings of cert-manager and of the certificate that users see. */
export const certificates = z.strictObject({
  issuer: z
    .discriminatedUnion('kind', [
      z.strictObject({
        kind: z.literal('platform-ca').describe("The platform's own authority."),
      }),
      z.strictObject({
        kind: z.literal('acme').describe("Let's Encrypt."),
        server: z
          .enum(['staging', 'production'])
          .describe('Certificates of staging are trusted by no browser; its rate limits are wide.'),
        email: z.email().describe("Address that Let's Encrypt writes to about the account."),
        solver: z
          .discriminatedUnion('kind', [
            z.strictObject({
              kind: z
                .literal('http-01')
                .describe('The edge answers on port 80; DNS must lead to it first.'),
            }),
            z.strictObject({
              kind: z.literal('dns-01').describe('A record in Route53 answers.'),
              region: awsRegion().describe('AWS region of the requests.'),
              hostedZoneId: z
                .string()
                .regex(/^Z[A-Z0-9]+$/, 'must be the ID of a hosted zone such as "Z0123456789ABC".')
                .describe('Hosted zone of the public host names.'),
              roleArn: roleArn().describe(
                'IAM role that may change the zone; it trusts the ServiceAccount "letsencrypt-dns".',
              ),
            }),
          ])
          .describe('How the public host names are proven to be ours.'),
      }),
    ])
    .describe('Who issues the certificate of the public host names.'),
});
