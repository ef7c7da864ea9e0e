/** Addresses and ports of the embedded cluster: loopback or its own bridge, never a public one. */
export const addresses = {
  bridge: 'saas0',
  node: '10.89.0.1',
  nodeName: 'saas-local',
  podCidr: '10.89.0.0/16',
  podFirst: '10.89.1.0',
  podLast: '10.89.255.254',
  serviceCidr: '10.90.0.0/16',
  kubernetesService: '10.90.0.1',
  dnsService: '10.90.0.10',
} as const;

/** Ports on loopback (etcd, registry, health, edge) and on the bridge (API server, kubelet). */
export const ports = {
  apiServer: 6443,
  kubelet: 10250,
  kubeletHealth: 10248,
  controllerManager: 10257,
  scheduler: 10259,
  proxyMetrics: 10249,
  proxyHealth: 10256,
  etcd: 12379,
  etcdPeer: 12380,
  registry: 15000,
  networkPolicies: 10261,
  edgeHttps: 8443,
  edgeHttp: 8080,
} as const;
