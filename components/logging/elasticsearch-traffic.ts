import type * as pulumi from '@pulumi/pulumi';

import type { RoleAccess } from '../backup/backup-access.ts';
import { AllowTraffic } from '../network/allow-traffic.ts';
import { Peer } from '../network/peer.ts';
import { Port } from '../network/port.ts';
import { elasticsearchLabels } from './elasticsearch-spec.ts';
import { kibanaLabels } from './kibana-spec.ts';
import { setupLabels } from './settings-job.ts';

export interface ElasticsearchTrafficArgs {
  readonly namespace: pulumi.Input<string>;
  readonly operator: { readonly peer: Peer };
  /** Where snapshots go. */
  readonly access: RoleAccess;
}

/** The paths of the store itself; clients open theirs. */
export function elasticsearchTraffic(
  name: string,
  { namespace, operator, access }: ElasticsearchTrafficArgs,
  parent: { readonly parent: pulumi.Resource },
): AllowTraffic[] {
  const nodes = Peer.pods(namespace, elasticsearchLabels(name));
  const kibana = Peer.pods(namespace, kibanaLabels(name));
  const setup = Peer.pods(namespace, setupLabels(name));
  const path = (
    suffix: string,
    from: readonly Peer[],
    to: readonly Peer[],
    port: Port,
    description: string,
  ) => new AllowTraffic(`${name}-${suffix}`, { from, to, ports: [port], description }, parent);
  return [
    path(
      'clients',
      [operator.peer, kibana, setup],
      [nodes],
      Port.elasticsearch,
      'The operator, Kibana and the settings reach Elasticsearch.',
    ),
    path('nodes', [nodes], [nodes], Port.elasticsearchTransport, 'Nodes form one cluster.'),
    path('snapshots', [nodes], access.peers, Port.https, 'Snapshots go to S3.'),
  ];
}
