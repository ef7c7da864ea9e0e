import { createHash } from 'node:crypto';

import * as k8s from '@pulumi/kubernetes';
import * as pulumi from '@pulumi/pulumi';
import * as tls from '@pulumi/tls';

import { ConfigError } from '../errors.ts';
import { labels } from '../labels.ts';
import type { CertificateArgs } from './certificate-issuer.ts';

const YEAR_HOURS = 365 * 24;
/** Thirty days: several deployments of any team fall into that window. */
const RENEWAL_HOURS = 30 * 24;
const USES = { 'server auth': 'server_auth', 'client auth': 'client_auth' } as const;

/** Key and certificate of the authority that signs. */
export interface Signer {
  readonly privateKeyPem: pulumi.Input<string>;
  readonly certificatePem: pulumi.Input<string>;
}

/**
 * A certificate for one year in a Secret of type `kubernetes.io/tls`, with the authority as `ca.crt`.
 * The first deployment within thirty days of its end replaces it in place.
 */
export class ServingCertificate extends pulumi.ComponentResource {
  /** Name of the Secret with `tls.crt`, `tls.key` and `ca.crt`. */
  readonly secretName: pulumi.Output<string>;
  /** SHA-256 of the certificate: as a pod annotation it rolls the pods on renewal. */
  readonly checksum: pulumi.Output<string>;

  constructor(
    name: string,
    args: CertificateArgs & { readonly signer: Signer },
    opts?: pulumi.ComponentResourceOptions,
  ) {
    const { signer, ...shown } = args;
    super('saas:certificates:ServingCertificate', name, shown, opts);
    const { namespace, secretName, dnsNames, ipAddresses = [], usages, organization } = args;
    checkCertificate(name, args);
    const parent = { parent: this };

    const key = new tls.PrivateKey(
      `${name}-key`,
      { algorithm: 'ECDSA', ecdsaCurve: 'P256' },
      parent,
    );
    const request = new tls.CertRequest(
      `${name}-request`,
      {
        privateKeyPem: key.privateKeyPem,
        subject: {
          commonName: args.commonName ?? secretName,
          ...(organization === undefined ? {} : { organization }),
        },
        dnsNames: [...dnsNames],
        ipAddresses: [...ipAddresses],
      },
      parent,
    );
    const certificate = new tls.LocallySignedCert(
      `${name}-certificate`,
      {
        certRequestPem: request.certRequestPem,
        caPrivateKeyPem: signer.privateKeyPem,
        caCertPem: signer.certificatePem,
        validityPeriodHours: YEAR_HOURS,
        earlyRenewalHours: RENEWAL_HOURS,
        allowedUses: ['digital_signature', ...usages.map((usage) => USES[usage])],
      },
      parent,
    );
    const secret = new k8s.core.v1.Secret(
      `${name}-secret`,
      {
        metadata: { name: secretName, namespace, labels: labels(name, 'certificate') },
        type: 'kubernetes.io/tls',
        stringData: {
          'tls.crt': certificate.certPem,
          'tls.key': pulumi.secret(key.privateKeyPem),
          'ca.crt': signer.certificatePem,
        },
      },
      parent,
    );

    // From the Secret, not from the argument: whoever mounts it then waits for it.
    this.secretName = secret.metadata.name;
    this.checksum = certificate.certPem.apply(sha256);
    this.registerOutputs({ secretName: this.secretName, checksum: this.checksum });
  }
}

/** Mistakes that would only show when a client connects. */
export function checkCertificate(name: string, args: CertificateArgs): void {
  const { dnsNames, ipAddresses = [], usages } = args;
  if (usages.length === 0) {
    throw new ConfigError(`${name}.usages`, 'the list is empty.', 'Write ["server auth"].');
  }
  if (usages.includes('server auth') && dnsNames.length + ipAddresses.length === 0) {
    // Clients ignore the subject's common name, so nobody could ever verify such a server.
    throw new ConfigError(`${name}.dnsNames`, 'a server certificate needs a name or an address.');
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
