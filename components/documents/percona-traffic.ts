import type * as pulumi from '@pulumi/pulumi';

import { AllowTraffic } from '../network/allow-traffic.ts';
import { Peer } from '../network/peer.ts';
import { Port } from '../network/port.ts';

/** Labels that the operator gives to the servers of a replica set. */
export function memberLabels(name: string): Readonly<Record<string, string>> {
  return {
    'app.kubernetes.io/name': 'percona-server-mongodb',
    'app.kubernetes.io/instance': name,
    'app.kubernetes.io/component': 'mongod',
  };
}

/** The servers, each with its backup agent. */
export function members(namespace: pulumi.Input<string>, name: string): Peer {
  return Peer.pods(namespace, memberLabels(name));
}

export interface PerconaTrafficArgs {
  readonly namespace: pulumi.Input<string>;
  readonly operator: Peer;
  /** Where S3 and STS answer. */
  readonly store: readonly Peer[];
}

/** Every path the replica set itself needs; those of its clients are opened by the clients. */
export function perconaTraffic(
  name: string,
  { namespace, operator, store }: PerconaTrafficArgs,
  opts: pulumi.ComponentResourceOptions,
): AllowTraffic[] {
  const servers = members(namespace, name);
  const open = (suffix: string, path: ConstructorParameters<typeof AllowTraffic>[1]) =>
    new AllowTraffic(`${name}-${suffix}`, path, opts);
  return [
    open('members', {
      from: [servers],
      to: [servers],
      ports: [Port.mongo],
      description: 'Members elect a primary and copy from each other.',
    }),
    open('operator', {
      from: [operator],
      to: [servers],
      ports: [Port.mongo],
      description: 'The operator forms the set, keeps its users and starts backups.',
    }),
    open('backup', {
      from: [servers, operator],
      to: store,
      ports: [Port.https],
      description: 'Agents write backups and the oplog; the operator lists and prunes them.',
    }),
  ];
}
