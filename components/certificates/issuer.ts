import * as pulumi from '@pulumi/pulumi';

import { awaitedResource } from '../custom-resource.ts';
import { labels } from '../labels.ts';
import { acmeSpec, type AcmeArgs } from './acme.ts';
import type { CertificateAuthority } from './certificate-authority.ts';
import type { CertificateArgs, CertificateIssuer } from './certificate-issuer.ts';
import { IssuedCertificate } from './issued-certificate.ts';

export interface IssuerArgs {
  /** Namespace of cert-manager: the key of the authority or of the ACME account lies in it. */
  readonly namespace: pulumi.Input<string>;
  /** Who signs: the platform's own authority, or Let's Encrypt. */
  readonly source:
    | { readonly kind: 'authority'; readonly authority: CertificateAuthority }
    | ({ readonly kind: 'acme' } & AcmeArgs);
}

/**
 * An issuer of cert-manager for all namespaces: its certificates are renewed in the cluster, without
 * a deployment. For the whole cluster, because one per namespace would need the signing key in each.
 */
export class Issuer extends pulumi.ComponentResource implements CertificateIssuer {
  /** Name of the ClusterIssuer. Resolves once it can issue. */
  readonly issuerName: pulumi.Output<string>;
  readonly #kind: IssuerArgs['source']['kind'];

  constructor(name: string, args: IssuerArgs, opts?: pulumi.ComponentResourceOptions) {
    const { namespace, source } = args;
    const { kind } = source;
    super('saas:certificates:Issuer', name, { namespace, kind }, opts);
    const parent = { parent: this };
    const spec =
      source.kind === 'authority'
        ? {
            ca: {
              secretName: source.authority.signingSecret(
                `${name}-key`,
                { namespace, secretName: `${name}-key` },
                parent,
              ),
            },
          }
        : acmeSpec(name, namespace, source, parent);
    const issuer = awaitedResource(
      `${name}-issuer`,
      {
        apiVersion: 'cert-manager.io/v1',
        kind: 'ClusterIssuer',
        metadata: { name, labels: labels(name, 'issuer') },
        spec,
        waitFor: 'condition=Ready',
      },
      // Children do not inherit `dependsOn`: without it the webhook might not answer yet.
      opts?.dependsOn === undefined ? parent : { ...parent, dependsOn: opts.dependsOn },
    );
    this.#kind = kind;
    this.issuerName = issuer.metadata.name;
    this.registerOutputs({ issuerName: this.issuerName });
  }

  /** Issues a certificate that cert-manager renews. `opts.parent` defaults to the issuer. */
  issue(
    name: string,
    args: CertificateArgs,
    opts?: pulumi.ComponentResourceOptions,
  ): IssuedCertificate {
    const issuer = { name: this.issuerName, kind: this.#kind };
    return new IssuedCertificate(name, { ...args, issuer }, { parent: this, ...opts });
  }
}
