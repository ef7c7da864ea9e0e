import type * as pulumi from '@pulumi/pulumi';

import { CertificateAuthority } from '../components/certificates/certificate-authority.ts';

export interface CertificatesArgs {
  /** Subject of the platform's authority, such as `SaaS platform (local)`. */
  readonly commonName: string;
}

export interface CertificatesOutputs {
  readonly authority: CertificateAuthority;
}

/** The authority every other layer takes its certificates from. It needs no cluster. */
export function certificates(
  args: CertificatesArgs,
  opts?: pulumi.ComponentResourceOptions,
): CertificatesOutputs {
  return {
    authority: new CertificateAuthority('authority', { commonName: args.commonName }, opts),
  };
}
