import * as k8s from '@pulumi/kubernetes';
import * as pulumi from '@pulumi/pulumi';

import type { CertificateAuthority } from '../certificates/certificate-authority.ts';
import { ConfigError } from '../errors.ts';
import { labels, selector } from '../labels.ts';
import { AllowTraffic } from '../network/allow-traffic.ts';
import { Peer } from '../network/peer.ts';
import { Port } from '../network/port.ts';
import { PostgresDatabase } from '../postgres/postgres-database.ts';
import { PostgresRole } from '../postgres/postgres-role.ts';
import { serviceNames } from '../service-names.ts';
import type { DocumentAccess } from './document-access.ts';
import type { DocumentStore } from './document-store.ts';
import { COMPONENT, ferretDbPod } from './ferretdb-pod.ts';

/** Role and database in PostgreSQL that hold all document databases. */
const ROLE = 'ferretdb';

export interface FerretDbStoreArgs {
  /** Namespace of the store: that of its PostgreSQL cluster. */
  readonly namespace: pulumi.Input<string>;
  /** FerretDB 1.24 image. */
  readonly image: pulumi.Input<string>;
  /** Signs the certificate of the store; signed the one of PostgreSQL. */
  readonly authority: CertificateAuthority;
  /**
   * Only 1 is accepted: FerretDB 1.24 reads the list of collections once and keeps it in memory, so
   * a second process would fail on every collection that the first one made.
   */
  readonly replicas: number;
  /** Database that the application uses. Lower-case letters, digits and `_`. */
  readonly database: string;
  readonly resources: {
    readonly requests: { readonly cpu: string; readonly memory: string };
    readonly limits: { readonly cpu?: string; readonly memory: string };
  };
  /** The PostgreSQL cluster underneath. */
  readonly postgres: {
    /** Name of the Cluster object; its primary need not run yet. */
    readonly cluster: pulumi.Output<string>;
    readonly peer: Peer;
  };
  /** DNS domain of the Kubernetes cluster. Default: `cluster.local`. */
  readonly clusterDomain?: string;
}

/** The MongoDB protocol on PostgreSQL: documents share its backups, its failover and its disks. */
export class FerretDbStore extends pulumi.ComponentResource implements DocumentStore {
  readonly access: DocumentAccess;

  constructor(name: string, args: FerretDbStoreArgs, opts?: pulumi.ComponentResourceOptions) {
    checkArgs(name, args);
    super('saas:documents:FerretDbStore', name, args, opts);
    const { namespace, authority, postgres, database } = args;
    const parent = { parent: this };
    const metadata = { name, namespace, labels: labels(name, COMPONENT) };
    const peer = Peer.pods(namespace, selector(name, COMPONENT));
    const host = pulumi.interpolate`${name}.${namespace}.svc`;
    // Not the pooler: FerretDB's session settings would not survive it.
    const primary = pulumi.interpolate`${postgres.cluster}-rw.${namespace}.svc`;

    const role = new PostgresRole(
      `${name}-owner`,
      {
        namespace,
        cluster: postgres.cluster,
        role: ROLE,
        comment: 'Owns the document databases; FerretDB clients log in as it.',
      },
      parent,
    );
    const underneath = new PostgresDatabase(
      `${name}-storage`,
      {
        namespace,
        cluster: postgres.cluster,
        database: ROLE,
        // Through the password, which is known only once the role exists.
        owner: role.login.password.apply(() => ROLE),
      },
      parent,
    );
    const certificate = authority.issue(
      `${name}-certificate`,
      {
        namespace,
        secretName: `${name}-tls`,
        dnsNames: serviceNames(name, namespace, args.clusterDomain),
        usages: ['server auth'],
      },
      parent,
    );
    const traffic = new AllowTraffic(
      `${name}-postgres`,
      {
        from: [peer],
        to: [postgres.peer],
        ports: [Port.postgres],
        description: 'FerretDB keeps documents in PostgreSQL.',
      },
      parent,
    );
    const server = new k8s.apps.v1.Deployment(
      `${name}-server`,
      {
        metadata,
        spec: {
          replicas: 1,
          // Not even for the time of a rollout may two run; see `replicas`.
          strategy: { type: 'Recreate' },
          selector: { matchLabels: selector(name, COMPONENT) },
          template: ferretDbPod(name, {
            image: args.image,
            resources: args.resources,
            certificate,
            postgresUrl: postgresUrl(primary, underneath.database),
          }),
        },
      },
      { ...parent, dependsOn: [traffic], customTimeouts: { create: '3m', update: '3m' } },
    );
    const service = new k8s.core.v1.Service(
      `${name}-service`,
      {
        // The Deployment is awaited; a Service would take ten more seconds to count as settled.
        metadata: { ...metadata, annotations: { 'pulumi.com/skipAwait': 'true' } },
        spec: {
          selector: selector(name, COMPONENT),
          ports: [{ name: 'mongodb', port: Port.mongo.port, targetPort: 'mongodb' }],
        },
      },
      { ...parent, dependsOn: [server] },
    );

    this.access = {
      uri: pulumi
        .all([role.login.password, host, service.metadata])
        .apply(([password, address]) => mongoUri(password, address, database)),
      database,
      caPem: authority.certificatePem,
      peer,
    };
    this.registerOutputs({});
  }
}

/** No user in it: FerretDB takes the one that its client logs in with, and asks PostgreSQL. */
function postgresUrl(host: pulumi.Input<string>, database: pulumi.Input<string>) {
  const query = 'sslmode=verify-full&sslrootcert=/tls/ca.crt&pool_max_conns=20';
  return pulumi.interpolate`postgres://${host}:${Port.postgres.port}/${database}?${query}`;
}

function mongoUri(password: string, host: string, database: string): string {
  // PLAIN is safe only inside TLS, and the only mechanism of FerretDB 1.24 that PostgreSQL checks.
  // It is one server without transactions, so there is nothing to discover and no write to retry.
  const query = 'authMechanism=PLAIN&tls=true&directConnection=true&retryWrites=false';
  return `mongodb://${ROLE}:${encodeURIComponent(password)}@${host}:${Port.mongo.port}/${database}?${query}`;
}

function checkArgs(name: string, { replicas, database }: FerretDbStoreArgs): void {
  if (replicas !== 1) {
    throw new ConfigError(
      `${name}.replicas`,
      `${replicas} is not possible: FerretDB 1.24 keeps its catalogue in memory.`,
      'Set it to 1.',
    );
  }
  if (!/^[a-z][a-z0-9_]{0,62}$/.test(database) || database.startsWith('pg_')) {
    throw new ConfigError(
      `${name}.database`,
      `"${database}" cannot be the name of a PostgreSQL schema.`,
      'Use lower-case letters, digits and "_".',
    );
  }
}
