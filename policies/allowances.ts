import { dataAllowances } from './data-allowances.ts';
import type { Allowance } from './waivers.ts';

/** Objects that break a rule by their nature, each with the reason. */
export const allowances: readonly Allowance[] = [
  ...dataAllowances,
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
];
