import * as pulumi from '@pulumi/pulumi';
import * as tls from '@pulumi/tls';

import { ServingCertificate, type ServingCertificateArgs } from './serving-certificate.ts';

const TEN_YEARS_HOURS = 10 * 365 * 24;

export interface CertificateAuthorityArgs {
  /** Subject of the authority, shown by every client that inspects the chain. */
  readonly commonName: string;
}

/** The platform's own authority: an ECDSA P-256 key that never leaves the (encrypted) state. */
export class CertificateAuthority extends pulumi.ComponentResource {
  /** Certificate of the authority as PEM: what clients trust. Not a secret. */
  readonly certificatePem: pulumi.Output<string>;
  readonly #privateKeyPem: pulumi.Output<string>;

  constructor(
    name: string,
    args: CertificateAuthorityArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super('saas:certificates:CertificateAuthority', name, args, opts);
    const parent = { parent: this };
    const key = new tls.PrivateKey(
      `${name}-key`,
      { algorithm: 'ECDSA', ecdsaCurve: 'P256' },
      parent,
    );
    const certificate = new tls.SelfSignedCert(
      `${name}-certificate`,
      {
        privateKeyPem: key.privateKeyPem,
        isCaCertificate: true,
        // Issued certificates name their issuer by it, so a chain is found after a key change too.
        setSubjectKeyId: true,
        subject: { commonName: args.commonName },
        validityPeriodHours: TEN_YEARS_HOURS,
        allowedUses: ['cert_signing', 'crl_signing', 'digital_signature'],
      },
      parent,
    );
    this.#privateKeyPem = pulumi.secret(key.privateKeyPem);
    this.certificatePem = certificate.certPem;
    this.registerOutputs({ certificatePem: this.certificatePem });
  }

  /**
   * Issues a certificate as a Secret. `opts.parent` defaults to the authority, but its protection
   * is not inherited: a renewal replaces the certificate.
   */
  issue(
    name: string,
    args: ServingCertificateArgs,
    opts?: pulumi.ComponentResourceOptions,
  ): ServingCertificate {
    const signer = { privateKeyPem: this.#privateKeyPem, certificatePem: this.certificatePem };
    return new ServingCertificate(
      name,
      { ...args, signer },
      { parent: this, protect: false, ...opts },
    );
  }
}
