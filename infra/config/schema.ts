import { z } from 'zod';

import { backup } from './backup.ts';
import { certificates } from './certificates.ts';
import { cluster } from './cluster.ts';
import { documents } from './documents.ts';
import { count, quota, resources, text } from './groups.ts';
import { observability } from './observability.ts';
import { cidr, cron, host, image, size } from './values.ts';

const images = z.strictObject({
  lock: text().describe('File with the digest of every image, relative to the project folder.'),
  cloudnativePg: image().describe('CloudNativePG operator.'),
  postgres: image().describe('PostgreSQL 17 with the tools of the barman plugin.'),
  pooler: image().describe('PgBouncer, as CloudNativePG runs it.'),
  barmanCloud: image().describe('Backup plugin of CloudNativePG.'),
  barmanCloudSidecar: image().describe('Sidecar of the backup plugin.'),
  redis: image().describe('Redis 8 with redis-cli and a shell.'),
  documents: image().describe('Server of the document store: FerretDB or Percona Server.'),
  traefik: image().describe('Traefik, the edge proxy.'),
  objectGateway: image().describe('versitygw, the object store inside the cluster.'),
  app: image().describe('The application of this repository.'),
  awsCli: image()
    .optional()
    .describe(
      'AWS command line 2 with a shell, for the backups of Redis. Required by redis.backup.',
    ),
  documentsOperator: image().optional().describe('Percona Operator, for the engine percona.'),
  documentsBackup: image().optional().describe('Percona Backup, for the engine percona.'),
  certManagerController: image().optional().describe('cert-manager: needed by certificates.'),
  certManagerWebhook: image().optional().describe('Webhook of cert-manager.'),
  certManagerCainjector: image().optional().describe('Injector of cert-manager.'),
  certManagerSolver: image().optional().describe('HTTP-01 solver of cert-manager.'),
  eckOperator: image().optional().describe('ECK operator, for the log engine elasticsearch.'),
  elasticsearch: image().optional().describe('Elasticsearch 9; the tag is its version.'),
  kibana: image().optional().describe('Kibana of the same version.'),
  victoriaLogs: image().optional().describe('VictoriaLogs, for the log engine victorialogs.'),
  collector: image()
    .optional()
    .describe('OpenTelemetry Collector with filelog and the exporter of the log engine.'),
  jaeger: image().optional().describe('Jaeger 2.'),
});

const apart = () => z.enum(['preferred', 'required', 'zone']);

const postgres = z.strictObject({
  instances: z
    .union([z.literal(1), z.literal(2), z.literal(3), z.literal(5)])
    .describe('PostgreSQL servers: one primary, the others follow. One means no failover.'),
  synchronous: z
    .boolean()
    .describe('A commit waits for a standby: no acknowledged write is lost when the primary dies.'),
  storage: size().describe('Volume of each instance. It grows but never shrinks.'),
  walStorage: size()
    .optional()
    .describe(
      'Volume of its own for the WAL of each instance, so that a stuck archive cannot fill the data volume. It cannot be taken away later. Default: the WAL lies on the data volume.',
    ),
  spread: apart()
    .optional()
    .describe(
      'How far apart instances are: "preferred" on different nodes where possible, "required" never two on a node, "zone" never two in a zone. Default: "required" from three instances on.',
    ),
  maxConnections: count(50, 2000).default(200).describe('Connections that each server accepts.'),
  database: z
    .string()
    .regex(/^[a-z_][a-z0-9_]{0,62}$/, 'must be a lower-case SQL name.')
    .default('saas_platform')
    .describe('Name of the application database.'),
  resources: resources('each instance'),
  pooler: z
    .strictObject({
      instances: count(1, 10).describe('PgBouncer pods.'),
      poolSize: count(1, 500)
        .default(20)
        .describe('Server connections of each PgBouncer pod per database and user.'),
    })
    .describe('Connection pooler in transaction mode.'),
});

const redis = z.strictObject({
  nodes: z
    .literal(6)
    .default(6)
    .describe('Three primaries with one replica each: the smallest cluster that fails over.'),
  storage: size().describe('Volume of each node.'),
  maxmemory: size().optional().describe('Data of each node. Default: 60 % of its memory limit.'),
  spread: apart()
    .default('preferred')
    .describe(
      'How far apart nodes are: "preferred" on different machines where possible, "required" never two on a machine, "zone" also equally many in each zone.',
    ),
  backup: z
    .strictObject({
      schedule: cron().describe('When snapshots are made: five cron fields, UTC.'),
    })
    .optional()
    .describe(
      'A snapshot of every shard goes to the bucket and stays for backup.retentionDays. Default: none is made.',
    ),
  resources: resources('each node'),
});

const gateway = z.strictObject({
  replicas: count(1, 20).describe('Traefik pods.'),
  serviceType: z
    .enum(['ClusterIP', 'LoadBalancer', 'NodePort'])
    .default('ClusterIP')
    .describe('How the edge is reached: LoadBalancer asks the cloud for an address.'),
  clients: z.array(cidr()).min(1).optional().describe('Networks that may connect. Default: all.'),
});

const application = z.strictObject({
  replicas: z
    .union([
      count(1, 100),
      z.strictObject({
        min: count(1, 100).describe('Pods without load.'),
        max: count(1, 100).describe('Pods at most.'),
      }),
    ])
    .describe('API pods: a fixed number, or bounds within which load decides.'),
  worker: z.boolean().default(true).describe('Background work runs in its own pod.'),
  operators: z
    .array(
      z.strictObject({
        name: z
          .string()
          .regex(/^[a-z][a-z0-9.-]{0,62}$/, 'must be a lower-case name.')
          .describe('Name under which deeds are recorded.'),
        sha256: z
          .string()
          .regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits: the SHA-256 of a token.')
          .describe('Hash of the random token, which only the operator keeps.'),
      }),
    )
    .min(1)
    .optional()
    .describe(
      'Who makes, moves and suspends tenants over HTTP. The role that serves them runs only then, and hosts.admin leads to it. Default: nobody.',
    ),
  logLevel: z.enum(['debug', 'info', 'warn', 'error']).default('info').describe('Least level.'),
  resources: resources('each pod of the application'),
});

/** Everything a stack can set, under the key `saas-platform:settings` of `Pulumi.<stack>.yaml`. */
export const settingsSchema = z.strictObject({
  cluster: cluster.describe('The Kubernetes cluster that everything runs on.'),
  manifests: text().describe("Folder of the operators' manifests, relative to the project folder."),
  images: images.describe('Container images by name and tag; the lock file adds the digest.'),
  hosts: z
    .strictObject({
      api: host().describe('Public host name of the API.'),
      admin: host().describe('Public host name of the administration.'),
      port: count(1, 65_535)
        .default(443)
        .describe('Port under which users reach the edge, where something in front translates it.'),
    })
    .describe('Public host names. The edge has a certificate for each.'),
  namespaces: z
    .strictObject({
      system: quota('the operators'),
      data: quota('the databases'),
      edge: quota('the edge proxy'),
      app: quota('the application'),
    })
    .describe('Upper bounds per namespace.'),
  postgres: postgres.describe('PostgreSQL.'),
  redis: redis.describe('Redis Cluster.'),
  documents: documents.describe('Document store.'),
  backup: backup.describe('Backups of the databases.'),
  certificates: certificates
    .optional()
    .describe(
      'cert-manager. Default: none; each deployment issues and renews certificates itself.',
    ),
  observability: observability
    .optional()
    .describe('Logs, metrics and traces. Default: none, and no namespace for them.'),
  gateway: gateway.describe('The edge proxy.'),
  application: application.describe('The multi-tenant application.'),
  demo: z.boolean().default(false).describe('Creates demo tenants with random passwords.'),
  protect: z.boolean().describe('Pulumi refuses to delete databases and backups.'),
});

export type Settings = z.output<typeof settingsSchema>;
export type SettingsInput = z.input<typeof settingsSchema>;
