import type * as pulumi from '@pulumi/pulumi';

import { customResource } from './custom-resource.ts';
import type { PostgresAccess } from './postgres-access.ts';
import { PostgresRole } from './postgres-role.ts';

/**
 * The roles of a multi-tenant application. Who may read which table is granted by the migrations,
 * which run as `app_migrator`.
 */
export function applicationRoles(
  name: string,
  args: {
    readonly namespace: pulumi.Input<string>;
    readonly cluster: pulumi.Output<string>;
    /** Owner of the database and everything in it; made by the operator. */
    readonly owner: string;
    /** Longest wait for each, the start of the primary included. */
    readonly deadline: string;
  },
  opts: pulumi.CustomResourceOptions,
): PostgresAccess['roles'] {
  const { namespace, cluster, owner, deadline } = args;
  // The operator creates the owner with a password; nobody needs to be the owner directly.
  customResource(
    `${name}-app-owner-role`,
    {
      apiVersion: 'postgresql.cnpg.io/v1',
      kind: 'DatabaseRole',
      objectName: `${name}-app-owner`,
      namespace,
      spec: {
        cluster: { name: cluster },
        name: owner,
        comment: 'Owns the application schema; migrations act through it.',
        // No `login`: what is left out is taken away, and the operator drops a `false`.
        databaseRoleReclaimPolicy: 'retain',
      },
      waitFor: 'jsonpath={.status.applied}=true',
      deadline,
    },
    opts,
  );
  const role = (suffix: string, rest: Omit<Args, 'namespace' | 'cluster' | 'deadline'>) =>
    new PostgresRole(`${name}-${suffix}`, { namespace, cluster, deadline, ...rest }, opts).login;
  return {
    migrator: role('app-migrator', {
      role: 'app_migrator',
      // The operator makes the owner together with the database, so there is nothing to wait for.
      memberOf: [owner],
      comment: 'Runs migrations. Not used by the running application.',
    }),
    user: role('app-user', {
      role: 'app_user',
      comment: 'The running application: row-level security applies.',
    }),
    platform: role('app-platform', {
      role: 'app_platform',
      bypassRowSecurity: true,
      comment: 'Work across tenants: audit relay, onboarding, moves.',
    }),
  };
}

type Args = ConstructorParameters<typeof PostgresRole>[1];
