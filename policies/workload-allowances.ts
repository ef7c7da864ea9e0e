import type { Allowance } from './waivers.ts';

/** Workloads that cannot keep a rule about availability, each with the reason. */
export const workloadAllowances: readonly Allowance[] = [
  {
    rule: 'AVL-02',
    object: 'Deployment saas-system/barman-cloud',
    places: 1,
    reason: 'The plugin serves no address that asks its process alone.',
  },
  ...[
    'saas-system/cnpg-controller-manager',
    'saas-system/barman-cloud',
    'saas-data/percona-server-mongodb-operator',
  ].map((name): Allowance => ({
    rule: 'AVL-04',
    object: `Deployment ${name}`,
    places: 1,
    stacks: ['staging', 'prod'],
    reason: 'Databases run on while their operator is away; a second one would only wait.',
  })),
  {
    rule: 'AVL-04',
    object: 'Deployment saas-app/api-worker',
    places: 1,
    stacks: ['staging', 'prod'],
    reason: 'One worker drains the outbox in order; while it moves, events wait in the table.',
  },
  ...[
    'saas-system/cert-manager',
    'saas-system/cert-manager-cainjector',
    'saas-data/percona-server-mongodb-operator',
  ].map((name): Allowance => ({
    rule: 'AVL-01',
    object: `Deployment ${name}`,
    places: 1,
    reason: 'No Service leads to it: it takes its work from the API server, one leader at a time.',
  })),
  {
    rule: 'AVL-02',
    object: 'Deployment saas-system/cert-manager-cainjector',
    places: 1,
    reason: 'It serves no address that asks its process alone.',
  },
  {
    rule: 'AVL-04',
    object: 'Deployment saas-app/api-admin',
    places: 1,
    stacks: ['staging', 'prod'],
    reason: 'A few people of the operator use it: a minute without it holds up no tenant.',
  },
  {
    rule: 'AVL-04',
    object: 'Deployment saas-observability/traces',
    places: 1,
    stacks: ['staging'],
    reason: 'Traces of rehearsals may miss a minute.',
  },
  ...['AVL-01', 'AVL-02', 'AVL-04'].map((rule): Allowance => ({
    rule,
    object: 'StatefulSet saas-system/elastic-operator',
    places: 1,
    ...(rule === 'AVL-04' && { stacks: ['staging', 'prod'] }),
    reason: 'It serves only its webhook, and Elasticsearch runs on while its operator is away.',
  })),
  ...['AVL-01', 'AVL-02'].map((rule): Allowance => ({
    rule,
    object: 'StatefulSet saas-data/redis',
    places: 1,
    stacks: ['staging', 'prod'],
    reason: 'The exporter beside each node is scraped; a probe of it would take Redis out with it.',
  })),
  ...['AVL-01', 'AVL-02'].map((rule): Allowance => ({
    rule,
    object: 'DaemonSet saas-node-agents/metrics-node-exporter',
    places: 1,
    reason: 'No Service leads to it, and an alert tells when a scrape of it fails.',
  })),
  ...['AVL-01', 'AVL-02'].map((rule): Allowance => ({
    rule,
    object: 'Deployment saas-system/prometheus-operator',
    places: 1,
    reason: 'No Service leads to it, and Prometheus runs on while its operator is away.',
  })),
  ...['metrics-blackbox-exporter', 'metrics-grafana'].map((name): Allowance => ({
    rule: 'AVL-02',
    object: `Deployment saas-observability/${name}`,
    places: 1,
    reason: 'It has one address for its health, which its readiness asks; an alert tells the rest.',
  })),
  ...[
    'saas-observability/metrics-blackbox-exporter',
    'saas-observability/metrics-grafana',
    'saas-observability/metrics-kube-state-metrics',
    'saas-system/prometheus-operator',
  ].map((name): Allowance => ({
    rule: 'AVL-04',
    object: `Deployment ${name}`,
    places: 1,
    stacks: ['staging', 'prod'],
    reason: 'Figures may miss a minute; two would count everything twice.',
  })),
];
