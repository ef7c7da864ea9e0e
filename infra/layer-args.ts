import { ConfigError } from '../components/errors.ts';
import { runsPerDay } from './config/cron.ts';
import type { Settings } from './config.ts';
import type { Images } from './images.ts';

// An absent argument and one set to `undefined` differ to the layers, so absent ones are left out.

/** Storage class and DNS domain, which several layers need. */
export function place({ cluster: { storageClass, domain } }: Settings) {
  return storageClass === undefined
    ? { clusterDomain: domain }
    : { clusterDomain: domain, storageClass };
}

/** The storage class to make, where the stack asks for one. */
export function ownStorageClass({ cluster: { storageClass: className, ebs } }: Settings) {
  if (className === undefined || ebs === undefined) return {};
  const { keyArn, ...rest } = ebs;
  return { storageClass: { className, ...rest, ...(keyArn === undefined ? {} : { keyArn }) } };
}

function quota({ storage, ...rest }: Settings['namespaces']['data']) {
  return storage === undefined ? rest : { ...rest, storage };
}

/** Ceilings of the namespaces. */
export function quotas({ namespaces }: Settings) {
  return {
    system: quota(namespaces.system),
    data: quota(namespaces.data),
    edge: quota(namespaces.edge),
    app: quota(namespaces.app),
  };
}

export function postgres({ postgres: { walStorage, spread, ...rest } }: Settings) {
  return {
    ...rest,
    ...(walStorage === undefined ? {} : { walStorage }),
    ...(spread === undefined ? {} : { spread }),
  };
}

export function gateway({ hosts, gateway: { clients, ...rest } }: Settings) {
  const known = { ...rest, httpsPort: hosts.port };
  return clients === undefined ? known : { ...known, clients };
}

export function app({ application: { operators, ...rest }, demo }: Settings) {
  return { ...rest, demo, ...(operators === undefined ? {} : { operators }) };
}

/** Undefined where the stack sets no observability. */
export function observability({ observability: settings }: Settings, images: Images) {
  if (settings === undefined) return undefined;
  const { namespaces, logs, traces } = settings;
  return {
    namespaces: {
      observability: quota(namespaces.observability),
      agents: quota(namespaces.agents),
    },
    ...(logs === undefined ? {} : { logs: logEngine(logs, images) }),
    ...(traces === undefined
      ? {}
      : { traces: { ...traces, image: needed('jaeger', images.jaeger), nodeImage: images.app } }),
  };
}

/** Undefined where the stack sets no certificates: then there is no cert-manager. */
export function certManager({ certificates }: Settings, images: Images) {
  if (certificates === undefined) return undefined;
  const { issuer } = certificates;
  const { certManagerController, certManagerWebhook, certManagerCainjector, certManagerSolver } =
    images;
  return {
    images: {
      controller: needed('certManagerController', certManagerController),
      webhook: needed('certManagerWebhook', certManagerWebhook),
      cainjector: needed('certManagerCainjector', certManagerCainjector),
      solver: needed('certManagerSolver', certManagerSolver),
    },
    ...(issuer.kind === 'acme' ? { acme: issuer.solver.kind } : {}),
  };
}

/** The document store; MongoDB counts its backups, so the days become a number of runs. */
export function documents({ documents: store, backup }: Settings, images: Images) {
  if (store.engine === 'ferretdb') return store;
  return {
    ...store,
    operatorImage: needed('documentsOperator', images.documentsOperator),
    backupImage: needed('documentsBackup', images.documentsBackup),
    keep: backup.retentionDays * runsPerDay(backup.schedule),
  };
}

/** An image that only some settings need. */
function needed(name: keyof Images, image: string | undefined): string {
  if (image !== undefined) return image;
  throw new ConfigError(`images.${name}`, 'is missing, and the settings of this stack need it.');
}

type Logs = NonNullable<NonNullable<Settings['observability']>['logs']>;

function logEngine(logs: Logs, images: Images) {
  const agent = { image: needed('collector', images.collector), ...logs.agent };
  if (logs.engine === 'victorialogs') {
    return { ...logs, image: needed('victoriaLogs', images.victoriaLogs), agent };
  }
  const { retentionDays, errorRetentionDays, ...rest } = logs;
  return {
    ...rest,
    agent,
    images: {
      elasticsearch: needed('elasticsearch', images.elasticsearch),
      kibana: needed('kibana', images.kibana),
      node: images.app,
    },
    retention: { days: retentionDays, errorDays: errorRetentionDays },
    operatorImage: needed('eckOperator', images.eckOperator),
  };
}
