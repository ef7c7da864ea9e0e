import * as pulumi from '@pulumi/pulumi';

import { awaitedResource } from '../custom-resource.ts';
import { labels } from '../labels.ts';
import type { CertificateArgs } from './certificate-issuer.ts';
import { checkCertificate } from './serving-certificate.ts';

/** 90 days, as Let's Encrypt has it whatever is asked for; renewed 30 days before the end. */
const LIFETIME = { duration: '2160h0m0s', renewBefore: '720h0m0s' };

export interface IssuedCertificateArgs extends CertificateArgs {
  readonly issuer: {
    /** Name of the ClusterIssuer. */
    readonly name: pulumi.Input<string>;
    readonly kind: 'authority' | 'acme';
  };
}

/**
 * A certificate that cert-manager issues and renews by itself, in a Secret that has the keys of
 * `ServingCertificate`. Servers must follow its Secret: no deployment tells them of a renewal.
 */
export class IssuedCertificate extends pulumi.ComponentResource {
  /**
   * Name of the Secret with `tls.crt` and `tls.key`; `ca.crt` too from the own authority. From it
   * this resolves once the certificate is there. From ACME it resolves at once: the edge must serve
   * a first certificate, made by cert-manager itself, before the server can reach it.
   */
  readonly secretName: pulumi.Output<string>;

  constructor(name: string, args: IssuedCertificateArgs, opts?: pulumi.ComponentResourceOptions) {
    checkCertificate(name, args);
    super('saas:certificates:IssuedCertificate', name, args, opts);
    const { namespace, secretName, dnsNames, ipAddresses = [], usages, organization } = args;
    const acme = args.issuer.kind === 'acme';
    const metadata = { name: secretName, namespace, labels: labels(name, 'certificate') };
    const certificate = awaitedResource(
      `${name}-certificate`,
      {
        apiVersion: 'cert-manager.io/v1',
        kind: 'Certificate',
        metadata: {
          ...metadata,
          annotations: acme ? { 'cert-manager.io/issue-temporary-certificate': 'true' } : {},
        },
        spec: {
          secretName,
          issuerRef: { name: args.issuer.name, kind: 'ClusterIssuer', group: 'cert-manager.io' },
          dnsNames: [...dnsNames],
          ...(ipAddresses.length === 0 ? {} : { ipAddresses: [...ipAddresses] }),
          // ACME servers take names from the list only, and refuse any other subject.
          ...(acme ? {} : { commonName: args.commonName ?? secretName }),
          ...(organization === undefined ? {} : { subject: { organizations: [organization] } }),
          usages: ['digital signature', ...usages],
          ...LIFETIME,
          privateKey: { algorithm: 'ECDSA', size: 256, rotationPolicy: 'Always' },
          revisionHistoryLimit: 1,
          secretTemplate: { labels: metadata.labels },
        },
        waitFor: 'condition=Ready',
        // A challenge waits for the load balancer and for DNS.
        deadline: acme ? '15m' : '2m',
      },
      { parent: this },
    );
    this.secretName = acme
      ? pulumi.output(secretName)
      : certificate.metadata.apply(() => secretName);
    this.registerOutputs({ secretName: this.secretName });
  }
}
