import * as pulumi from '@pulumi/pulumi';

import type { CertificateAuthority } from '../certificates/certificate-authority.ts';
import { SelfSignedCertificate } from '../certificates/self-signed-certificate.ts';
import { AllowTraffic, type AllowTrafficArgs } from '../network/allow-traffic.ts';
import { Peer } from '../network/peer.ts';
import { Port } from '../network/port.ts';
import type { OperatorsLock } from './lock.ts';
import { Operator } from './operator.ts';

export interface PostgresOperatorArgs {
  /** Namespace of operator and plugin; the plugin is only found in the operator's own. */
  readonly namespace: pulumi.Input<string>;
  /** Folder of the operators' manifests. */
  readonly manifests: string;
  /** Images as `name:tag@sha256:…`. The two operands replace the defaults of the operator. */
  readonly images: {
    readonly cloudnativePg: string;
    readonly postgres: string;
    readonly pooler: string;
    readonly barmanCloud: string;
    readonly barmanCloudSidecar: string;
  };
  /** Addresses and port of the API server behind its Service. */
  readonly apiServer: { readonly cidr: string; readonly port: number };
  /** Signs the mutual TLS between operator and plugin. */
  readonly authority: CertificateAuthority;
  /** Refuse to delete the definitions, and with them every PostgreSQL cluster. */
  readonly protectDefinitions: boolean;
  /** Sources of the manifests. Default: the committed lock file. */
  readonly lock?: OperatorsLock;
}

/** CloudNativePG with its backup plugin, the certificates between them and the paths they need. */
export class PostgresOperator extends pulumi.ComponentResource {
  /** The backup plugin. */
  readonly plugin: Operator;
  /** Resolves when the plugin answers, hence the operator before it. */
  readonly ready: pulumi.Output<readonly string[]>;

  constructor(name: string, args: PostgresOperatorArgs, opts?: pulumi.ComponentResourceOptions) {
    const { authority, lock, ...shown } = args;
    super('saas:operators:PostgresOperator', name, shown, opts);
    const { namespace, images } = args;
    const common = {
      namespace,
      manifests: args.manifests,
      protectDefinitions: args.protectDefinitions,
      ...(lock === undefined ? {} : { lock }),
    };
    // Policies outlive the operators: one cut off from the API could not clear its finalizers.
    const traffic = Object.entries(paths(args)).map(
      ([path, allowed]) => new AllowTraffic(`${name}-${path}`, allowed, { parent: this }),
    );

    const operator = new Operator(
      `${name}-operator`,
      {
        ...common,
        operator: 'cloudnative-pg',
        images: { operator: images.cloudnativePg },
        env: {
          // Without these the operator would start images of its own release, unpinned.
          POSTGRES_IMAGE_NAME: images.postgres,
          PGBOUNCER_IMAGE_NAME: images.pooler,
          INHERITED_LABELS: 'app.kubernetes.io/part-of',
        },
        deploymentAfter: traffic,
      },
      { parent: this },
    );
    const certificates = issueCertificates(name, authority, namespace);
    this.plugin = new Operator(
      `${name}-plugin`,
      {
        ...common,
        operator: 'barman-cloud',
        images: { operator: images.barmanCloud, sidecar: images.barmanCloudSidecar },
        podAnnotations: {
          'checksum/server-certificate': certificates.server.checksum,
          'checksum/client-certificate': certificates.client.checksum,
        },
        deploymentAfter: [...traffic, certificates.server, certificates.client],
        // The operator holds a finalizer on the plugin's Service, which therefore must go first.
        servicesAfter: [operator],
      },
      { parent: this },
    );
    this.ready = this.plugin.ready;
    this.registerOutputs({ ready: this.ready });
  }
}

/** The names of the Secrets are those that upstream's Deployment mounts and its Service announces. */
function issueCertificates(
  name: string,
  authority: CertificateAuthority,
  namespace: pulumi.Input<string>,
) {
  const server = authority.issue(`${name}-plugin-server`, {
    namespace,
    secretName: 'barman-cloud-server-tls',
    // The operator dials the long name, yet verifies the short one.
    dnsNames: ['barman-cloud', pulumi.interpolate`barman-cloud.${namespace}.svc`],
    usages: ['server auth'],
  });
  const client = new SelfSignedCertificate(
    `${name}-plugin-client`,
    { namespace, secretName: 'barman-cloud-client-tls' },
    { parent: authority },
  );
  return { server, client };
}

/** Those between operator and instances are opened by each cluster, which knows its labels. */
function paths(args: PostgresOperatorArgs): Readonly<Record<string, AllowTrafficArgs>> {
  const operator = Peer.pods(args.namespace, { 'app.kubernetes.io/name': 'cloudnative-pg' });
  const plugin = Peer.pods(args.namespace, { app: 'barman-cloud' });
  const api = Peer.cidr(args.apiServer.cidr);
  return {
    api: {
      from: [operator, plugin],
      to: [api],
      ports: [Port.tcp(args.apiServer.port)],
      description: 'Operator and plugin watch and write their objects.',
    },
    webhook: {
      from: [api],
      to: [operator],
      ports: [Port.tcp(9443)],
      description: 'The API server asks the operator before it admits an object.',
    },
    plugin: {
      from: [operator],
      to: [plugin],
      ports: [Port.tcp(9090)],
      description: 'The operator asks the plugin how to build an instance.',
    },
  };
}
