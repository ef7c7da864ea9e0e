import { createHash } from 'node:crypto';

import * as k8s from '@pulumi/kubernetes';
import * as pulumi from '@pulumi/pulumi';
import * as tls from '@pulumi/tls';

import { labels } from '../labels.ts';

export interface SelfSignedCertificateArgs {
  /** Namespace of the Secret. */
  readonly namespace: pulumi.Input<string>;
  /** Name of the Secret, and the subject. */
  readonly secretName: string;
}

/**
 * A client certificate that signs itself, for a server that pins exactly this one. Such a server
 * names the pinned subject as the acceptable issuer, so a client would not even offer a certificate
 * of an authority.
 */
export class SelfSignedCertificate extends pulumi.ComponentResource {
  /** SHA-256 of the certificate: as a pod annotation it rolls the pods on renewal. */
  readonly checksum: pulumi.Output<string>;

  constructor(
    name: string,
    args: SelfSignedCertificateArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super('saas:certificates:SelfSignedCertificate', name, args, opts);
    const { namespace, secretName } = args;
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
        subject: { commonName: secretName },
        validityPeriodHours: 365 * 24,
        earlyRenewalHours: 30 * 24,
        allowedUses: ['digital_signature', 'client_auth'],
      },
      parent,
    );
    new k8s.core.v1.Secret(
      `${name}-secret`,
      {
        metadata: { name: secretName, namespace, labels: labels(name, 'certificate') },
        type: 'kubernetes.io/tls',
        stringData: {
          'tls.crt': certificate.certPem,
          'tls.key': pulumi.secret(key.privateKeyPem),
        },
      },
      parent,
    );
    this.checksum = certificate.certPem.apply((pem) =>
      createHash('sha256').update(pem).digest('hex'),
    );
    this.registerOutputs({ checksum: this.checksum });
  }
}
