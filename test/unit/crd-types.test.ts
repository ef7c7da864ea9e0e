import { expect, test } from '@jest/globals';

import type { ClusterSpec, PoolerSpec } from '../../components/crds/cloudnative-pg.ts';
import type { GatewaySpec, HTTPRouteSpec } from '../../components/crds/gateway-api.ts';
import type { DeepInput } from '../../components/deep-input.ts';
import type { CustomResourceArgs } from '../../components/postgres/custom-resource.ts';

// The compiler judges these: an expected error that does not come is one itself.

test('a misspelt, missing or wrong field of a custom resource does not compile', () => {
  const cluster: DeepInput<ClusterSpec> = {
    instances: 3,
    // @ts-expect-error: the kind has no such field
    storrage: { size: '1Gi' },
  };
  const name = Promise.resolve('postgres');
  const pooler: DeepInput<PoolerSpec> = {
    cluster: { name },
    // @ts-expect-error: the operator knows session and transaction
    pgbouncer: { poolMode: 'statement' },
  };
  const gateway: DeepInput<GatewaySpec> = {
    gatewayClassName: 'gateway',
    // @ts-expect-error: a listener needs a port
    listeners: [{ name: 'web', protocol: 'HTTP' }],
  };
  const route: DeepInput<HTTPRouteSpec> = {
    // @ts-expect-error: a list, not a text
    hostnames: 'api.example.org',
  };
  const backup: Pick<CustomResourceArgs<'Backup'>, 'apiVersion'> = {
    // @ts-expect-error: another operator's group
    apiVersion: 'barmancloud.cnpg.io/v1',
  };
  expect([cluster, pooler, gateway, route, backup]).toHaveLength(5);
});
