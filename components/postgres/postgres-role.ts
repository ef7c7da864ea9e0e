import * as k8s from '@pulumi/kubernetes';
import * as pulumi from '@pulumi/pulumi';
import * as random from '@pulumi/random';

import { labels } from '../labels.ts';
import { customResource } from './custom-resource.ts';
import type { PostgresLogin } from './postgres-access.ts';

export interface PostgresRoleArgs {
  readonly namespace: pulumi.Input<string>;
  /** Name of the Cluster object. A role cannot move to another one. */
  readonly cluster: pulumi.Input<string>;
  /** Name of the role in the database, such as `app_user`. */
  readonly role: string;
  /** Roles whose rights it has; they must exist. Default: none. */
  readonly memberOf?: readonly pulumi.Input<string>[];
  /** Sees rows of every tenant. Default: false. */
  readonly bypassRowSecurity?: boolean;
  /** Why the role exists; shown by `\du+`. */
  readonly comment: string;
  /** Longest wait for the role to exist, the start of the primary included. Default: 10m. */
  readonly deadline?: string;
}

/** A login of the database with a random password. No right beyond what is said here and granted. */
export class PostgresRole extends pulumi.ComponentResource {
  /** Name and password; the password resolves once the role exists. */
  readonly login: PostgresLogin;
  /** Secret of type `kubernetes.io/basic-auth`. */
  readonly secretName: pulumi.Output<string>;

  constructor(name: string, args: PostgresRoleArgs, opts?: pulumi.ComponentResourceOptions) {
    super('saas:postgres:PostgresRole', name, args, opts);
    const { namespace, cluster, role, deadline = '10m' } = args;
    const parent = { parent: this };

    const credentials = basicAuth(name, { namespace, username: role }, parent);
    const object = customResource(
      `${name}-role`,
      {
        apiVersion: 'postgresql.cnpg.io/v1',
        kind: 'DatabaseRole',
        objectName: name,
        namespace,
        spec: {
          cluster: { name: cluster },
          name: role,
          comment: args.comment,
          login: true,
          // A right that is left out is taken away; the operator drops a `false` from the object, which
          // the next preview would show as a change.
          ...(args.bypassRowSecurity === true ? { bypassrls: true } : {}),
          ...(args.memberOf === undefined ? {} : { inRoles: [...args.memberOf] }),
          passwordSecret: { name: credentials.secretName },
          // The operator drops nobody: a role that owns objects could not go anyway.
          databaseRoleReclaimPolicy: 'retain',
        },
        waitFor: 'jsonpath={.status.applied}=true',
        deadline,
      },
      parent,
    );

    const password = pulumi
      .all([credentials.password, object.metadata])
      .apply(([secret]) => secret);
    this.login = { username: role, password };
    this.secretName = credentials.secretName;
    this.registerOutputs({ secretName: this.secretName });
  }
}

/** A random password as a Secret that the operator takes as the credentials of a role. */
export function basicAuth(
  name: string,
  args: { readonly namespace: pulumi.Input<string>; readonly username: string },
  opts: pulumi.CustomResourceOptions,
): { secretName: pulumi.Output<string>; password: pulumi.Output<string> } {
  // Letters and digits only, because it goes into URLs; 32 of them are 190 bits.
  const password = new random.RandomPassword(
    `${name}-password`,
    { length: 32, special: false },
    opts,
  );
  const secret = new k8s.core.v1.Secret(
    `${name}-credentials`,
    {
      metadata: {
        name: `${name}-credentials`,
        namespace: args.namespace,
        // The operator follows changes only of Secrets with this label.
        labels: { ...labels(name, 'postgres'), 'cnpg.io/reload': 'true' },
      },
      type: 'kubernetes.io/basic-auth',
      stringData: { username: args.username, password: password.result },
    },
    opts,
  );
  return { secretName: secret.metadata.name, password: password.result };
}
