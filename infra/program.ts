import { join } from 'node:path';

import * as pulumi from '@pulumi/pulumi';

import { application } from '../stacks/application.ts';
import { backup } from '../stacks/backup.ts';
import { certificates } from '../stacks/certificates.ts';
import { data } from '../stacks/data.ts';
import { foundation } from '../stacks/foundation.ts';
import type { Settings } from './config.ts';
import type { Images } from './images.ts';
import type { PlatformOutputs } from './outputs.ts';
import { useCluster } from './providers.ts';

export interface ProgramArgs {
  readonly settings: Settings;
  readonly images: Images;
  /** Name of the stack, shown in the subject of the platform's certificates. */
  readonly stack: string;
  /** Folder that relative paths of the settings start from. */
  readonly projectDir: string;
}

/** Outputs before they are known. */
export type ProgramOutputs = {
  readonly [K in keyof PlatformOutputs]: pulumi.Input<PlatformOutputs[K]>;
};

/** The whole platform: every layer gets what it needs of the settings and of the layers below. */
export function program({ settings, images, stack, projectDir }: ProgramArgs): ProgramOutputs {
  const { cluster, protect } = settings;
  useCluster(cluster);
  const place = {
    ...(cluster.storageClass === undefined ? {} : { storageClass: cluster.storageClass }),
    clusterDomain: cluster.domain,
  };

  const { authority } = certificates({ commonName: `SaaS platform (${stack})` });
  const { namespaces, operators } = foundation({
    namespaces: quotas(settings),
    manifests: join(projectDir, settings.manifests),
    images,
    apiServer: cluster.apiServer,
    authority,
    protect,
  });
  const target = backup({
    namespace: namespaces.data,
    authority,
    store: backupStore(settings, images),
    bucket: settings.backup.bucket,
    noncurrentDays: settings.backup.retentionDays,
    protect,
    ...place,
  });
  const databases = data({
    namespace: namespaces.data,
    operatorNamespace: namespaces.system,
    operators: [operators.postgres],
    authority,
    apiServer: cluster.apiServer,
    images,
    postgres: settings.postgres,
    redis: redisSettings(settings),
    documents: settings.documents,
    backup: {
      target,
      schedule: settings.backup.schedule,
      retentionDays: settings.backup.retentionDays,
    },
    protect,
    ...place,
  });
  const { hosts } = settings;
  const edge = application({
    namespaces,
    operators: [operators.gateway],
    authority,
    images,
    hosts: [hosts.api, hosts.admin],
    apiServer: cluster.apiServer,
    gateway: gatewaySettings(settings),
    app: { ...settings.application, demo: settings.demo },
    data: databases,
  });

  const { access } = target;
  const { poolerHost, directHost, port, database } = databases.postgres;
  return {
    url: edge.url.apply((url) => withPort(url, hosts.port)),
    hosts: { api: hosts.api, admin: hosts.admin },
    edgeHost: edge.edgeHost,
    caCertificate: authority.certificatePem,
    namespaces: pulumi.output({ ...namespaces }),
    postgres: pulumi.output({ poolerHost, directHost, port, database }),
    redis: pulumi.output({ nodes: databases.redis.nodes }),
    documents: { engine: settings.documents.engine, database: databases.documents.database },
    backup: pulumi.output({
      bucket: target.bucket,
      region: access.region,
      ...(access.kind === 'keys' ? { endpoint: access.endpoint } : {}),
      schedule: settings.backup.schedule,
      retentionDays: settings.backup.retentionDays,
    }),
    application: pulumi.output({ ...edge.names }),
    demo: edge.demoTenants.map(({ slug, email }) => ({ tenant: slug, email })),
    demoPasswords: pulumi.secret(
      pulumi.all(
        Object.fromEntries(edge.demoTenants.map(({ slug, password }) => [slug, password])),
      ),
    ),
    images,
  };
}

/** An absent setting and one set to `undefined` differ to the layers, so absent ones are left out. */
function quotas({ namespaces }: Settings) {
  const quota = ({ storage, ...rest }: Settings['namespaces']['data']) =>
    storage === undefined ? rest : { ...rest, storage };
  return {
    system: quota(namespaces.system),
    data: quota(namespaces.data),
    edge: quota(namespaces.edge),
    app: quota(namespaces.app),
  };
}

function redisSettings({ redis: { maxmemory, ...rest } }: Settings) {
  return maxmemory === undefined ? rest : { ...rest, maxmemory };
}

function gatewaySettings({ gateway: { clients, ...rest } }: Settings) {
  return clients === undefined ? rest : { ...rest, clients };
}

function backupStore({ backup: { store } }: Settings, images: Images) {
  if (store.kind === 'object-gateway') return { ...store, image: images.objectGateway };
  const { kind, region, roleArn, keyArn, cidrs } = store;
  return {
    kind,
    region,
    roleArn,
    ...(keyArn === undefined ? {} : { keyArn }),
    ...(cidrs === undefined ? {} : { cidrs }),
  };
}

function withPort(url: string, port: number): string {
  return port === 443 ? url : `${url}:${port}`;
}
