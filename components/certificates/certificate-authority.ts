import * as k8s from '@pulumi/kubernetes';
import * as pulumi from '@pulumi/pulumi';
import * as tls from '@pulumi/tls';

import { labels } from '../labels.ts';
import type { CertificateArgs, CertificateIssuer } from './certificate-issuer.ts';
import { ServingCertificate } from './serving-certificate.ts';

const TEN_YEARS_HOURS = 10 * 365 * 24;

export interface CertificateAuthorityArgs {
  /** Subject of the authority, shown by every client that inspects the chain. */
  readonly commonName: string;
}

/**
 * The platform's own authority: an ECDSA P-256 key that stays in the (encrypted) state, unless
 * `signingSecret` hands it to an issuer in the cluster.
 */
export class CertificateAuthority extends pulumi.ComponentResource implements CertificateIssuer {
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
    args: CertificateArgs,
    opts?: pulumi.ComponentResourceOptions,
  ): ServingCertificate {
    const signer = { privateKeyPem: this.#privateKeyPem, certificatePem: this.certificatePem };
    return new ServingCertificate(
      name,
      { ...args, signer },
      { parent: this, protect: false, ...opts },
    );
  }

  /**
   * Certificate and key as a Secret, for an issuer in the cluster. Whoever reads it can pose as any
   * server of the platform: put it into the namespace of the issuer and nowhere else.
   */
  signingSecret(
    name: string,
    {
      namespace,
      secretName,
    }: { readonly namespace: pulumi.Input<string>; readonly secretName: string },
    opts: pulumi.CustomResourceOptions,
  ): pulumi.Output<string> {
    const secret = new k8s.core.v1.Secret(
      name,
      {
        metadata: { name: secretName, namespace, labels: labels(name, 'certificate') },
        type: 'kubernetes.io/tls',
        stringData: { 'tls.crt': this.certificatePem, 'tls.key': this.#privateKeyPem },
      },
      opts,
    );
    return secret.metadata.name;
  }
}
