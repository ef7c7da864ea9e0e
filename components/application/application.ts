import * as pulumi from '@pulumi/pulumi';

import { adminDeployment } from './admin-deployment.ts';
import { apiDeployment } from './api-deployment.ts';
import { roleRoute, roleService } from './api-route.ts';
import type { AppContext } from './app-context.ts';
import { appTraffic } from './app-traffic.ts';
import { type ApplicationArgs, checkArgs } from './application-args.ts';
import { type DemoTenant, demoTenants } from './demo-tenants.ts';
import { migrationJob } from './migration-job.ts';
import { sharedConfig } from './pod-template.ts';
import { workerDeployment } from './worker-deployment.ts';

export type { ApplicationArgs, DemoTenant };

/** The multi-tenant application: migrated first, rolled without a failed request. */
export class Application extends pulumi.ComponentResource {
  /** Public addresses, one per host; resolve once the API is ready and routed. */
  readonly urls: pulumi.Output<string[]>;
  /** Empty unless `demo` is set. */
  readonly demoTenants: readonly DemoTenant[];
  /** Names of the objects in the cluster. */
  readonly names: {
    readonly deployment: pulumi.Output<string>;
    readonly service: pulumi.Output<string>;
    readonly migration: pulumi.Output<string>;
  };

  constructor(name: string, args: ApplicationArgs, opts?: pulumi.ComponentResourceOptions) {
    checkArgs(name, args);
    super('saas:application:Application', name, args, opts);
    const parent = { parent: this };
    const context: AppContext = { name, args, parent };

    this.demoTenants = args.demo ? demoTenants(name, parent) : [];
    const traffic = appTraffic(context);
    const shared = sharedConfig(context);
    const migration = migrationJob(context, shared, this.demoTenants, traffic);
    const service = roleService(context, 'api');
    const api = apiDeployment(context, shared, [migration, ...traffic]);
    if (args.worker ?? true) workerDeployment(context, shared, [migration, ...traffic]);
    const { administration } = args;
    const hosts = args.hosts.filter((host) => host !== administration?.host);
    const route = roleRoute(context, 'api', hosts, service, [api]);
    if (administration !== undefined) {
      const admin = adminDeployment(context, shared, administration, [migration, ...traffic]);
      const own = roleService(context, 'admin');
      roleRoute(context, 'admin', [administration.host], own, [admin]);
    }

    this.urls = route.metadata.name.apply(() => args.hosts.map((host) => `https://${host}`));
    this.names = {
      deployment: api.metadata.name,
      service: service.metadata.name,
      migration: migration.metadata.name,
    };
    this.registerOutputs({ urls: this.urls, names: this.names });
  }
}
