import type * as pulumi from '@pulumi/pulumi';

import type { BackupAccess } from '../backup/backup-access.ts';
import { AllowTraffic } from '../network/allow-traffic.ts';
import { Peer } from '../network/peer.ts';
import { Port } from '../network/port.ts';
import { instanceLabels } from './cluster-spec.ts';

export interface ClusterTrafficArgs {
  readonly namespace: pulumi.Input<string>;
  /** Name of the Cluster object. */
  readonly cluster: string;
  readonly operator: Peer;
  readonly apiServer: Peer;
  readonly apiServerPort: Port;
  readonly access: BackupAccess;
}

/** The running servers as a peer. */
export function instancePods(namespace: pulumi.Input<string>, cluster: string): Peer {
  return Peer.pods(namespace, instanceLabels(cluster));
}

/** Every path the cluster itself needs; those of its clients are opened by the clients. */
export function clusterTraffic(
  name: string,
  args: ClusterTrafficArgs,
  opts: pulumi.ComponentResourceOptions,
): AllowTraffic[] {
  const { namespace, cluster, operator, apiServer, apiServerPort, access } = args;
  const instances = instancePods(namespace, cluster);
  // Instances, poolers and the operator's Jobs: only this label is on all of them.
  const members = Peer.pods(namespace, { 'cnpg.io/cluster': cluster });
  const open = (suffix: string, path: ConstructorParameters<typeof AllowTraffic>[1]) =>
    new AllowTraffic(`${name}-${suffix}`, path, opts);
  return [
    open('members', {
      from: [members],
      to: [instances],
      ports: [Port.postgres, Port.postgresStatus],
      description:
        'Replication, clones, poolers, and the check by which a cut-off primary stops itself.',
    }),
    open('operator', {
      from: [operator],
      to: [instances],
      ports: [Port.postgres, Port.postgresStatus],
      description: 'The operator reads the state of every instance and controls backups.',
    }),
    open('api-server', {
      from: [members],
      to: [apiServer],
      ports: [apiServerPort],
      description: 'The instance manager holds the lease of the primary and follows the Cluster.',
    }),
    open('backup', {
      from: [instances],
      to: access.kind === 'keys' ? [access.peer] : access.peers,
      ports: [access.kind === 'keys' ? Port.tcp(7070) : Port.https],
      description: 'WAL and base backups go to the object store.',
    }),
  ];
}
