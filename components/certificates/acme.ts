import * as k8s from '@pulumi/kubernetes';
import type * as pulumi from '@pulumi/pulumi';

import { labels } from '../labels.ts';

/** How an ACME server is shown that the hosts are ours. */
export type AcmeSolver =
  | {
      /** An answer over plain HTTP at each host; DNS must lead to the edge first. */
      readonly kind: 'http-01';
      /** The Gateway whose listener for plain HTTP carries the answer. */
      readonly gateway: {
        readonly name: string;
        readonly namespace: pulumi.Input<string>;
        readonly sectionName: string;
      };
    }
  | {
      /** A record in Route53; needs no way in from outside. */
      readonly kind: 'dns-01';
      readonly region: string;
      readonly hostedZoneId: string;
      /** IAM role that may change records of the zone and trusts `ServiceAccount`. */
      readonly roleArn: pulumi.Input<string>;
    };

export interface AcmeArgs {
  /** Staging has wide rate limits, and certificates that no browser trusts. */
  readonly server: 'staging' | 'production';
  /** Address that Let's Encrypt writes to about the account. */
  readonly email: string;
  readonly solver: AcmeSolver;
}

const SERVERS = {
  staging: 'https://acme-staging-v02.api.letsencrypt.org/directory',
  production: 'https://acme-v02.api.letsencrypt.org/directory',
} as const;
/** Account of cert-manager's controller, in its own namespace. */
const CONTROLLER = 'cert-manager';

/** `spec.acme` of an issuer, with the account that answers DNS-01 as `<name>-dns`. */
export function acmeSpec(
  name: string,
  namespace: pulumi.Input<string>,
  { server, email, solver }: AcmeArgs,
  opts: pulumi.CustomResourceOptions,
) {
  const solvers =
    solver.kind === 'http-01'
      ? [{ http01: { gatewayHTTPRoute: { parentRefs: [{ kind: 'Gateway', ...solver.gateway }] } } }]
      : [{ dns01: { route53: route53(name, namespace, solver, opts) } }];
  return {
    acme: {
      server: SERVERS[server],
      email,
      privateKeySecretRef: { name: `${name}-account` },
      solvers,
    },
  };
}

/** The role is assumed by an account of its own, of which the controller may only ask a token. */
function route53(
  name: string,
  namespace: pulumi.Input<string>,
  solver: Extract<AcmeSolver, { kind: 'dns-01' }>,
  opts: pulumi.CustomResourceOptions,
) {
  const metadata = { name: `${name}-dns`, namespace, labels: labels(name, 'issuer') };
  const account = new k8s.core.v1.ServiceAccount(
    `${name}-dns`,
    { metadata, automountServiceAccountToken: false },
    opts,
  );
  const role = new k8s.rbac.v1.Role(
    `${name}-dns-token`,
    {
      metadata,
      rules: [
        {
          apiGroups: [''],
          resources: ['serviceaccounts/token'],
          resourceNames: [account.metadata.name],
          verbs: ['create'],
        },
      ],
    },
    opts,
  );
  const binding = new k8s.rbac.v1.RoleBinding(
    `${name}-dns-token-binding`,
    {
      metadata,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: role.metadata.name },
      subjects: [{ kind: 'ServiceAccount', name: CONTROLLER, namespace }],
    },
    opts,
  );
  return {
    region: solver.region,
    hostedZoneID: solver.hostedZoneId,
    role: solver.roleArn,
    // Through the binding: without it the first challenge would fail.
    auth: { kubernetes: { serviceAccountRef: { name: binding.metadata.name } } },
  };
}
