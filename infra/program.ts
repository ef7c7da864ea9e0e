import { join } from 'node:path';

import * as pulumi from '@pulumi/pulumi';

import type { MetricStack } from '../components/metrics/metric-stack.ts';
import type { OperatorsLock } from '../components/operators/lock.ts';
import { application, GATEWAY } from '../stacks/application.ts';
import { backup } from '../stacks/backup.ts';
import { certificates } from '../stacks/certificates.ts';
import { data } from '../stacks/data.ts';
import { foundation } from '../stacks/foundation.ts';
import { issuers } from '../stacks/issuers.ts';
import { observability } from '../stacks/observability.ts';
import type { Settings } from './config.ts';
import type { Images, MetricImages } from './images.ts';
import { backupStore } from './layer-args/backup.ts';
import { redis } from './layer-args/redis.ts';
import * as layerArgs from './layer-args.ts';
import { metricsArgs, type SecretSource } from './metrics-args.ts';
import type { PlatformOutputs } from './outputs.ts';
import { useCluster } from './providers.ts';

export interface ProgramArgs {
  readonly settings: Settings;
  readonly images: Images;
  /** Undefined where the stack measures nothing. */
  readonly metricImages: MetricImages | undefined;
  /** Secrets of the stack outside its settings. */
  readonly secrets: SecretSource;
  /** Name of the stack, shown in the subject of the platform's certificates. */
  readonly stack: string;
  /** Folder that relative paths of the settings start from. */
  readonly projectDir: string;
  /** Sources of the operators' manifests. Default: the committed lock file. */
  readonly operatorsLock?: OperatorsLock;
}

/** Outputs before they are known. */
export type ProgramOutputs = {
  readonly [K in keyof PlatformOutputs]: pulumi.Input<PlatformOutputs[K]>;
};

/** The whole platform: every layer gets what it needs of the settings and of the layers below. */
export function program(args: ProgramArgs): ProgramOutputs {
  const { settings, images } = args;
  const { cluster, hosts, protect } = settings;
  useCluster(cluster);

  const { authority } = certificates({ commonName: `SaaS platform (${args.stack})` });
  const manifests = join(args.projectDir, settings.manifests);
  const lock = args.operatorsLock === undefined ? {} : { lock: args.operatorsLock };
  const certManager = layerArgs.certManager(settings, images);
  const { namespaces, operators } = foundation({
    namespaces: layerArgs.quotas(settings),
    manifests,
    images,
    apiServer: cluster.apiServer,
    authority,
    protect,
    ...layerArgs.ownStorageClass(settings),
    ...(certManager === undefined ? {} : { certManager }),
    ...lock,
  });
  const {
    internal,
    edge: issuer,
    acmeController,
  } = issuers({
    namespaces,
    authority,
    operator: operators.certManager,
    issuer: settings.certificates?.issuer ?? { kind: 'platform-ca' },
    gateway: { name: GATEWAY, sectionName: 'web' },
  });
  const shared = { namespace: namespaces.data, authority, protect, ...layerArgs.place(settings) };
  const target = backup({
    ...shared,
    store: backupStore(settings, images),
    bucket: settings.backup.bucket,
  });
  const { schedule, retentionDays } = settings.backup;
  const backups = { target, schedule, retentionDays };
  const databases = data({
    ...shared,
    operatorNamespace: namespaces.system,
    operators: [operators.postgres, operators.backup],
    apiServer: cluster.apiServer,
    images: { ...images, ...redisExporter(args) },
    postgres: layerArgs.postgres(settings),
    redis: redis(settings, images, target),
    documents: layerArgs.documents(settings, images),
    issuer: internal,
    manifests,
    ...lock,
    backup: backups,
  });
  const observed = layerArgs.observability(settings, images);
  const watch =
    observed &&
    observability({
      ...observed,
      ...layerArgs.place(settings),
      operators: { namespace: namespaces.system, manifests, apiServer: cluster.apiServer, ...lock },
      authority,
      sources: { application: namespaces.app, edge: namespaces.edge },
      backup: backups,
      ...metricsArgs(args, { namespaces, authority }),
      protect,
    });
  const edge = application({
    namespaces,
    operators: [operators.gateway],
    issuer,
    ...(acmeController === undefined ? {} : { acmeController }),
    images,
    hosts: [hosts.api, hosts.admin],
    apiServer: cluster.apiServer,
    gateway: layerArgs.gateway(settings),
    app: layerArgs.app(settings),
    data: databases,
    ...(watch?.traces === undefined ? {} : { traces: watch.traces.access }),
  });
  const all = { ...namespaces, ...watch?.namespaces };
  return describe(args, {
    authority,
    namespaces: all,
    target,
    databases,
    edge,
    metrics: watch?.metrics,
  });
}

/** Where the figures are, and the way in. */
function measured({ prometheusHost, grafanaHost, grafanaPassword }: MetricStack) {
  return {
    metrics: pulumi.output({ prometheusHost, grafanaHost }),
    grafanaPassword: pulumi.secret(grafanaPassword),
  };
}

/** The exporter beside Redis runs where Prometheus does. */
function redisExporter({ metricImages }: ProgramArgs) {
  return metricImages === undefined ? {} : { redisExporter: metricImages.redisExporter };
}

interface Layers {
  readonly authority: ReturnType<typeof certificates>['authority'];
  readonly namespaces: ReturnType<typeof foundation>['namespaces'] &
    Partial<ReturnType<typeof observability>['namespaces']>;
  readonly target: ReturnType<typeof backup>;
  readonly databases: ReturnType<typeof data>;
  readonly edge: ReturnType<typeof application>;
  readonly metrics: ReturnType<typeof observability>['metrics'];
}

/** The outputs contract, filled from the layers. */
function describe({ settings, images, metricImages }: ProgramArgs, layers: Layers): ProgramOutputs {
  const { authority, namespaces, target, databases, edge, metrics } = layers;
  const { hosts, backup: backups } = settings;
  const { poolerHost, directHost, port, database } = databases.postgres;
  const passwords = edge.demoTenants.map(({ slug, password }) => [slug, password] as const);
  return {
    url: edge.url.apply((url) => (hosts.port === 443 ? url : `${url}:${hosts.port}`)),
    hosts: { api: hosts.api, admin: hosts.admin },
    edgeHost: edge.edgeHost,
    caCertificate: authority.certificatePem,
    namespaces: pulumi.output({ ...namespaces }),
    postgres: pulumi.output({ poolerHost, directHost, port, database }),
    redis: pulumi.output({ nodes: databases.redis.nodes }),
    documents: { engine: settings.documents.engine, database: databases.documents.database },
    backup: pulumi.output({
      bucket: target.bucket,
      region: target.region,
      ...(target.endpoint === undefined ? {} : { endpoint: target.endpoint }),
      schedule: backups.schedule,
      retentionDays: backups.retentionDays,
    }),
    application: pulumi.output({ ...edge.names }),
    ...(metrics === undefined ? {} : measured(metrics)),
    demo: edge.demoTenants.map(({ slug, email }) => ({ tenant: slug, email })),
    demoPasswords: pulumi.secret(pulumi.all(Object.fromEntries(passwords))),
    images: { ...images, ...metricImages },
  };
}
