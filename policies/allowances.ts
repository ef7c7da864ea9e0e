import { dataAllowances } from './data-allowances.ts';
import { workloadAllowances } from './workload-allowances.ts';
import type { Allowance } from './waivers.ts';

/** Objects that break a rule by their nature, each with the reason. */
export const allowances: readonly Allowance[] = [
  ...dataAllowances,
  ...workloadAllowances,
  {
    rule: 'NET-04',
    object: 'NetworkPolicy saas-edge/gateway-clients-ingress',
    places: 2,
    reason: 'The gateway is the one way in; its clients come from wherever the settings say.',
  },
  {
    rule: 'RBAC-03',
    object: 'Role saas-edge/gateway',
    places: 1,
    reason: 'Traefik watches the certificates of its listeners and knows no list of names.',
  },
  {
    rule: 'RBAC-03',
    object: 'Role saas-app/gateway',
    places: 1,
    reason: 'Traefik watches the Secrets of every namespace whose routes it serves.',
  },
  {
    rule: 'RBAC-03',
    object: 'ClusterRole cnpg-manager',
    places: 1,
    reason: 'The operator makes and reads the credentials of every PostgreSQL cluster.',
  },
  {
    rule: 'RBAC-03',
    object: 'ClusterRole plugin-barman-cloud',
    places: 1,
    reason: 'The plugin reads the Secret that each ObjectStore names.',
  },
  {
    rule: 'RBAC-04',
    object: 'ClusterRole cnpg-manager',
    places: 3,
    reason: 'The operator starts the pods, poolers and jobs of PostgreSQL.',
  },
  {
    rule: 'RBAC-06',
    object: 'ClusterRole cnpg-manager',
    places: 1,
    reason: 'The operator writes the authority of its own certificate into its webhooks.',
  },
  {
    rule: 'NET-03',
    object: 'NetworkPolicy saas-system/cert-manager-acme-egress',
    places: 1,
    reason:
      "The addresses of Let's Encrypt are not published, and those of name servers and hosts vary.",
  },
  {
    rule: 'RBAC-03',
    object: 'ClusterRole cert-manager-controller-issuers',
    places: 1,
    reason: 'Issuers name Secrets with accounts and authorities.',
  },
  {
    rule: 'RBAC-03',
    object: 'ClusterRole cert-manager-controller-clusterissuers',
    places: 1,
    reason: 'Issuers name Secrets with accounts and authorities.',
  },
  {
    rule: 'RBAC-03',
    object: 'ClusterRole cert-manager-controller-certificates',
    places: 1,
    reason: 'Certificates are written to, and renewed in, the Secrets that they name.',
  },
  {
    rule: 'RBAC-03',
    object: 'ClusterRole cert-manager-controller-orders',
    places: 1,
    reason: 'Orders are signed with the key of the ACME account.',
  },
  {
    rule: 'RBAC-03',
    object: 'ClusterRole cert-manager-controller-challenges',
    places: 2,
    reason: 'Challenges are signed with the key of the ACME account, and solved with credentials.',
  },
  {
    rule: 'RBAC-03',
    object: 'ClusterRole cert-manager-cainjector',
    places: 1,
    reason: 'It copies the authority out of the Secret that a webhook names.',
  },
  {
    rule: 'RBAC-03',
    object: 'Role saas-data/percona-server-mongodb-operator',
    places: 1,
    reason: 'The operator makes and reads the credentials of every MongoDB replica set.',
  },
  {
    rule: 'RBAC-04',
    object: 'ClusterRole cert-manager-controller-challenges',
    places: 1,
    reason: 'A pod answers each HTTP-01 challenge.',
  },
  {
    rule: 'RBAC-04',
    object: 'Role saas-data/percona-server-mongodb-operator',
    places: 3,
    reason: 'The operator makes the servers, and forms the replica set by commands in them.',
  },
  {
    rule: 'RBAC-06',
    object: 'ClusterRole cert-manager-controller-certificatesigningrequests',
    places: 1,
    reason: 'Upstream grants it always; it signs only for its own issuers.',
  },
  {
    rule: 'RBAC-06',
    object: 'ClusterRole cert-manager-cainjector',
    places: 2,
    reason: 'It writes authorities into the webhooks and definitions that ask for it.',
  },
  {
    rule: 'RBAC-06',
    object: 'Role saas-system/letsencrypt-dns',
    places: 1,
    reason: 'cert-manager gets tokens of the one account that may change the DNS zone.',
  },
  {
    rule: 'RBAC-03',
    object: 'ClusterRole elastic-operator',
    places: 1,
    reason: 'The operator makes and reads the credentials of every Elasticsearch and Kibana.',
  },
  {
    rule: 'RBAC-04',
    object: 'ClusterRole elastic-operator',
    places: 2,
    reason: 'The operator starts the pods of Elasticsearch and Kibana.',
  },
  {
    rule: 'RBAC-06',
    object: 'ClusterRole elastic-operator',
    places: 1,
    reason: 'The operator writes the authority of its own certificate into its webhooks.',
  },
  {
    rule: 'RBAC-08',
    object: 'ClusterRole elastic-operator-view',
    places: 1,
    reason: 'Whoever may see a namespace sees the Elasticsearch in it.',
  },
  {
    rule: 'RBAC-08',
    object: 'ClusterRole elastic-operator-edit',
    places: 1,
    reason: 'Whoever may change a namespace changes the Elasticsearch in it.',
  },
  {
    rule: 'NS-01',
    object: 'Namespace saas-node-agents',
    places: 3,
    reason: 'Agents read files of their node; nothing else lives in this namespace.',
  },
  {
    rule: 'POD-03',
    object: 'DaemonSet saas-node-agents/logs-agent',
    places: 1,
    reason:
      'The kubelet writes the logs of containers for root alone; the agent has no capability.',
  },
  {
    rule: 'POD-04',
    object: 'DaemonSet saas-node-agents/logs-agent',
    places: 2,
    reason: 'As for POD-03: the files belong to user and group 0.',
  },
  {
    rule: 'POD-08',
    object: 'DaemonSet saas-node-agents/logs-agent',
    places: 2,
    reason: 'The logs of containers and the place in them are files of the node.',
  },
  {
    rule: 'POD-09',
    object: 'DaemonSet saas-node-agents/logs-agent',
    places: 1,
    reason: 'What is read and not yet delivered outlives the pod, in a folder of its own.',
  },
  {
    rule: 'POD-08',
    object: 'DaemonSet saas-node-agents/metrics-node-exporter',
    places: 3,
    stacks: ['staging', 'prod'],
    reason: 'node_exporter reads the figures of its machine, all of it read-only.',
  },
  {
    rule: 'POD-09',
    object: 'DaemonSet saas-node-agents/metrics-node-exporter',
    places: 3,
    stacks: ['staging', 'prod'],
    reason: 'Processor, memory and disks are told in /proc, /sys and the mounts of the machine.',
  },
  {
    rule: 'NET-03',
    object: 'NetworkPolicy saas-observability/metrics-alertmanager-channels-egress',
    places: 1,
    stacks: ['staging', 'prod'],
    reason: 'Mail, chat and dead-man services have no fixed addresses.',
  },
  {
    rule: 'NET-03',
    object: 'NetworkPolicy saas-observability/metrics-probe-out-egress',
    places: 1,
    stacks: ['staging', 'prod'],
    reason: 'Probes call the public addresses, wherever the load balancer has them.',
  },
  {
    rule: 'RBAC-01',
    object: 'ClusterRole prometheus-operator',
    places: 3,
    stacks: ['staging', 'prod'],
    reason:
      "Upstream's role names all verbs on the operator's own kinds, StatefulSets and configurations.",
  },
  {
    rule: 'RBAC-03',
    object: 'ClusterRole prometheus-operator',
    places: 1,
    stacks: ['staging', 'prod'],
    reason:
      'The operator writes the configurations of Prometheus and Alertmanager, which are Secrets.',
  },
  {
    rule: 'RBAC-04',
    object: 'ClusterRole prometheus-operator',
    places: 1,
    stacks: ['staging', 'prod'],
    reason: 'The operator starts the StatefulSets of Prometheus and Alertmanager.',
  },
  {
    rule: 'RBAC-05',
    object: 'ClusterRole prometheus-operator',
    places: 3,
    stacks: ['staging', 'prod'],
    reason: 'The wildcards of RBAC-01 again; none of these kinds has roles to bind.',
  },
];
