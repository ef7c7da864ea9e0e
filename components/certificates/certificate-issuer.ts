import type * as pulumi from '@pulumi/pulumi';

/** What a certificate may be used for. */
export type CertificateUsage = 'server auth' | 'client auth';

export interface CertificateArgs {
  /** Namespace of the Secret: that of the pods which mount it. */
  readonly namespace: pulumi.Input<string>;
  /** Name of the Secret. */
  readonly secretName: string;
  /** Names a client dials, such as `redis.saas-data.svc`. May be empty for a pure client. */
  readonly dnsNames: readonly pulumi.Input<string>[];
  /** Addresses a client dials. Default: none. */
  readonly ipAddresses?: readonly pulumi.Input<string>[];
  /** What the certificate may be used for. */
  readonly usages: readonly CertificateUsage[];
  /** Subject. Default: the name of the Secret. */
  readonly commonName?: string;
  /** Organization of the subject, by which MongoDB tells its members. Default: none. */
  readonly organization?: string;
}

/** Whoever issues a certificate as a Secret: the platform's own authority, or one in the cluster. */
export interface CertificateIssuer {
  /** The Secret holds `tls.crt`, `tls.key` and, from an authority of our own, `ca.crt`. */
  issue(
    name: string,
    args: CertificateArgs,
    opts?: pulumi.ComponentResourceOptions,
  ): { readonly secretName: pulumi.Output<string> };
}
