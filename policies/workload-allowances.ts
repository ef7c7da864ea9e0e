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
];
