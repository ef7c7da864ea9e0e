import type * as pulumi from '@pulumi/pulumi';

import type { ContainerResources } from '../container-resources.ts';
import { ConfigError } from '../errors.ts';
import { checkHosts } from '../gateway/host-names.ts';
import type { Peer } from '../network/peer.ts';
import type { TracingAccess } from '../tracing/tracing-access.ts';
import type { DataConnections } from './connections.ts';
import { checkReplicas, type Replicas } from './replicas.ts';

/** The role by which operators make, move and suspend tenants. */
export interface Administration {
  /** The one of `hosts` that leads to it; the API then does not answer there. */
  readonly host: string;
  /** Who may use it: the hash of each one's token. The tokens themselves are nowhere in the platform. */
  readonly operators: readonly { readonly name: string; readonly sha256: string }[];
}

export interface ApplicationArgs {
  /** Namespace of the application. Its default-deny policy must exist first. */
  readonly namespace: pulumi.Input<string>;
  /** Application image; one image holds all roles. */
  readonly image: pulumi.Input<string>;
  /** Public host names of the API, without scheme and port. The first one issues the tokens. */
  readonly hosts: readonly string[];
  /** The listener that the route attaches to, and who sends the requests. */
  readonly gateway: {
    readonly name: pulumi.Input<string>;
    readonly namespace: pulumi.Input<string>;
    readonly sectionName: string;
    readonly peer: Peer;
  };
  readonly data: DataConnections;
  /** Where the API sends its spans. Default: nowhere. */
  readonly traces?: TracingAccess;
  /** Fixed number of API pods, or bounds within which load decides (70 % CPU, 80 % memory). */
  readonly replicas: Replicas;
  readonly resources: ContainerResources;
  /** Runs the audit relay and other background work in its own pod. Default: true. */
  readonly worker?: boolean;
  /** Runs the role that serves operators. Default: nobody serves them. */
  readonly administration?: Administration;
  /** Default: `info`. */
  readonly logLevel?: 'debug' | 'info' | 'warn' | 'error';
  /** Creates two demo tenants with random passwords. Never for production. */
  readonly demo: boolean;
  /**
   * Labels of the keys that sign tokens. The first one signs, all verify. To rotate, append a new
   * label, deploy, move it to the front, deploy, and drop the old one an hour later.
   * Default: `1` and `2`.
   */
  readonly signingKeys?: readonly string[];
}

/** Throws a `ConfigError` for hosts, replicas, operators or signing keys that cannot work. */
export function checkArgs(name: string, args: ApplicationArgs): void {
  const { hosts, replicas, signingKeys, administration } = args;
  checkHosts(`${name}.hosts`, hosts);
  if (administration !== undefined) checkAdministration(name, hosts, administration);
  checkReplicas(`${name}.replicas`, replicas);
  if (signingKeys === undefined) return;
  if (signingKeys.length === 0) {
    throw new ConfigError(`${name}.signingKeys`, 'the list is empty: nothing could sign tokens.');
  }
  const twice = signingKeys.find((label, index) => signingKeys.indexOf(label) !== index);
  if (twice !== undefined) {
    throw new ConfigError(`${name}.signingKeys`, `"${twice}" is there twice.`);
  }
}

function checkAdministration(
  name: string,
  hosts: readonly string[],
  { host, operators }: Administration,
): void {
  const path = `${name}.administration`;
  if (operators.length === 0) {
    throw new ConfigError(`${path}.operators`, 'the list is empty: nobody could sign in.');
  }
  if (hosts.includes(host) && hosts.some((other) => other !== host)) return;
  throw new ConfigError(`${path}.host`, `"${host}" must be one of the hosts, beside the API's.`);
}
