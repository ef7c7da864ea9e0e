// Made from infra/outputs.ts by "UPDATE_GOLDEN=1 npm run golden".

/** What a stack of the platform tells its users: `pulumi stack output --json`. */
export interface PlatformOutputs {
  /** Address of the API. */
  readonly url: string;
  /** Public host names that the edge has a certificate for. */
  readonly hosts: { readonly api: string; readonly admin: string };
  /** Host name of the edge inside the cluster. */
  readonly edgeHost: string;
  /** The platform's own authority, PEM: what clients of the databases trust. */
  readonly caCertificate: string;
  /** Namespaces of the cluster. */
  readonly namespaces: {
    readonly system: string;
    readonly data: string;
    readonly edge: string;
    readonly app: string;
    readonly observability?: string;
    readonly agents?: string;
  };
  /** Where PostgreSQL answers inside the cluster. */
  readonly postgres: {
    /** PgBouncer in transaction mode. */
    readonly poolerHost: string;
    /** The writable primary. */
    readonly directHost: string;
    readonly port: number;
    readonly database: string;
  };
  /** Nodes of the Redis Cluster as host:port. */
  readonly redis: { readonly nodes: readonly string[] };
  /** The document store. */
  readonly documents: { readonly engine: string; readonly database: string };
  /** Where backups go, when, and for how long. */
  readonly backup: {
    readonly bucket: string;
    readonly region: string;
    /** S3 endpoint. Absent: Amazon S3. */
    readonly endpoint?: string;
    /** Five cron fields, UTC. */
    readonly schedule: string;
    readonly retentionDays: number;
  };
  /** Names of the objects of the application. */
  readonly application: {
    readonly deployment: string;
    readonly service: string;
    readonly migration: string;
    readonly gateway: string;
  };
  /** Prometheus (port 9090) and Grafana (port 3000) inside the cluster. */
  readonly metrics?: { readonly prometheusHost: string; readonly grafanaHost: string };
  /** Secret. Password of Grafana's user admin. */
  readonly grafanaPassword?: string;
  /** Demo tenants; empty unless the setting demo is on. */
  readonly demo: readonly { readonly tenant: string; readonly email: string }[];
  /** Secret. Password of each demo tenant. */
  readonly demoPasswords: Readonly<Record<string, string>>;
  /** Every image that runs, as name:tag@digest. */
  readonly images: Readonly<Record<string, string>>;
}
