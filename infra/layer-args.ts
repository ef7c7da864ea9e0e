import type { Settings } from './config.ts';

// An absent argument and one set to `undefined` differ to the layers, so absent ones are left out.

/** Storage class and DNS domain, which several layers need. */
export function place({ cluster: { storageClass, domain } }: Settings) {
  return storageClass === undefined
    ? { clusterDomain: domain }
    : { clusterDomain: domain, storageClass };
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

export function redis({ redis: { maxmemory, ...rest } }: Settings) {
  return maxmemory === undefined ? rest : { ...rest, maxmemory };
}

export function gateway({ hosts, gateway: { clients, ...rest } }: Settings) {
  const known = { ...rest, httpsPort: hosts.port };
  return clients === undefined ? known : { ...known, clients };
}

/** Undefined where the stack sets no observability. */
export function observability({ observability: settings }: Settings) {
  if (settings === undefined) return undefined;
  const { namespaces } = settings;
  return {
    namespaces: {
      observability: quota(namespaces.observability),
      agents: quota(namespaces.agents),
    },
  };
}
