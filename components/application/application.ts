import * as pulumi from '@pulumi/pulumi';

import type { Peer } from '../network/peer.ts';
import type { DataConnections } from './connections.ts';

/** Requests and limits of one container. */
export interface ContainerResources {
  readonly requests: { readonly cpu: string; readonly memory: string };
  readonly limits: { readonly cpu: string; readonly memory: string };
}

export interface ApplicationArgs {
  /** Namespace of the application. Its default-deny policy must exist first. */
  readonly namespace: pulumi.Input<string>;
  /** Application image; one image holds all roles. */
  readonly image: pulumi.Input<string>;
  /** Public host names of the API, without port. */
  readonly hosts: readonly string[];
  /** The listener that the route attaches to, and who sends the requests. */
  readonly gateway: {
    readonly name: pulumi.Input<string>;
    readonly namespace: pulumi.Input<string>;
    readonly sectionName: string;
    readonly peer: Peer;
  };
  readonly data: DataConnections;
  /** Fixed number of API pods, or bounds within which load decides (70 % CPU, 80 % memory). */
  readonly replicas: number | { readonly min: number; readonly max: number };
  readonly resources: ContainerResources;
  /** Runs the audit relay and other background work in its own pod. Default: true. */
  readonly worker?: boolean;
  /** Default: `info`. */
  readonly logLevel?: 'debug' | 'info' | 'warn' | 'error';
  /** Creates two demo tenants with random passwords. Never for production. */
  readonly demo: boolean;
}

/** Login of a demo tenant. */
export interface DemoTenant {
  readonly slug: string;
  readonly email: string;
  /** Secret. */
  readonly password: pulumi.Output<string>;
}

/** The multi-tenant application: migrated first, rolled without a failed request. */
export class Application extends pulumi.ComponentResource {
  /** Public addresses, one per host; resolve once the API is ready. */
  declare readonly urls: pulumi.Output<string[]>;
  /** Empty unless `demo` is set. */
  declare readonly demoTenants: readonly DemoTenant[];
  declare readonly names: {
    readonly deployment: pulumi.Output<string>;
    readonly service: pulumi.Output<string>;
    readonly migration: pulumi.Output<string>;
  };

  constructor(name: string, args: ApplicationArgs, opts?: pulumi.ComponentResourceOptions) {
    super('saas:application:Application', name, args as unknown as pulumi.Inputs, opts);
  }
}
