import * as pulumi from '@pulumi/pulumi';

import type { AcmeSolver } from '../components/certificates/acme.ts';
import type { CertificateAuthority } from '../components/certificates/certificate-authority.ts';
import type { CertificateIssuer } from '../components/certificates/certificate-issuer.ts';
import { Issuer } from '../components/certificates/issuer.ts';
import type { Peer } from '../components/network/peer.ts';
import type { CertManagerOperator } from '../components/operators/cert-manager-operator.ts';

/** Who issues the certificate that users see. */
export type PublicIssuer =
  | { readonly kind: 'platform-ca' }
  | {
      readonly kind: 'acme';
      readonly server: 'staging' | 'production';
      readonly email: string;
      readonly solver: { readonly kind: 'http-01' } | Extract<AcmeSolver, { kind: 'dns-01' }>;
    };

export interface IssuersArgs {
  readonly namespaces: {
    readonly system: pulumi.Input<string>;
    readonly edge: pulumi.Input<string>;
  };
  readonly authority: CertificateAuthority;
  /** cert-manager. Undefined: all certificates are made by the program itself. */
  readonly operator: CertManagerOperator | undefined;
  /** Without cert-manager only the platform's own authority is possible. */
  readonly issuer: PublicIssuer;
  /** Name of the Gateway and of its listener for plain HTTP, where HTTP-01 is answered. */
  readonly gateway: { readonly name: string; readonly sectionName: string };
}

export interface IssuersOutputs {
  /** For servers inside the cluster; clients trust the platform's authority. */
  readonly internal: CertificateIssuer;
  /** For the edge. */
  readonly edge: CertificateIssuer;
  /** Who looks at answers over plain HTTP; undefined where nothing is proven that way. */
  readonly acmeController: Peer | undefined;
}

/** Who issues certificates. Comes after `foundation`, which installs cert-manager. */
export function issuers(args: IssuersArgs): IssuersOutputs {
  const { authority, operator, issuer } = args;
  if (operator === undefined) {
    return { internal: authority, edge: authority, acmeController: undefined };
  }
  const namespace = args.namespaces.system;
  const after = { dependsOn: [operator] };
  const internal = new Issuer(
    'platform-ca',
    { namespace, source: { kind: 'authority', authority } },
    after,
  );
  if (issuer.kind === 'platform-ca') {
    return { internal, edge: internal, acmeController: undefined };
  }
  const overHttp = issuer.solver.kind === 'http-01';
  const solver: AcmeSolver =
    issuer.solver.kind === 'http-01'
      ? { kind: 'http-01', gateway: { ...args.gateway, namespace: args.namespaces.edge } }
      : issuer.solver;
  const edge = new Issuer('letsencrypt', { namespace, source: { ...issuer, solver } }, after);
  return { internal, edge, acmeController: overHttp ? operator.controller : undefined };
}
