import type { Settings } from './config.ts';

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
