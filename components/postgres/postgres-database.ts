import * as pulumi from '@pulumi/pulumi';

import { customResource } from './custom-resource.ts';

export interface PostgresDatabaseArgs {
  readonly namespace: pulumi.Input<string>;
  /** Name of the Cluster object. A database cannot move to another one. */
  readonly cluster: pulumi.Input<string>;
  /** Name of the database. */
  readonly database: string;
  /** Role that owns it; it must exist. */
  readonly owner: pulumi.Input<string>;
  /** Longest wait for the database to exist, the start of the primary included. Default: 10m. */
  readonly deadline?: string;
}

/** One more database in a cluster. Its data outlives the object: deleting it drops nothing. */
export class PostgresDatabase extends pulumi.ComponentResource {
  /** Name of the database. Resolves once it exists. */
  readonly database: pulumi.Output<string>;

  constructor(name: string, args: PostgresDatabaseArgs, opts?: pulumi.ComponentResourceOptions) {
    super('saas:postgres:PostgresDatabase', name, args, opts);
    const object = customResource(
      `${name}-database`,
      {
        apiVersion: 'postgresql.cnpg.io/v1',
        kind: 'Database',
        objectName: name,
        namespace: args.namespace,
        spec: {
          cluster: { name: args.cluster },
          name: args.database,
          owner: args.owner,
          databaseReclaimPolicy: 'retain',
        },
        waitFor: 'jsonpath={.status.applied}=true',
        deadline: args.deadline ?? '10m',
      },
      { parent: this },
    );
    this.database = object.metadata.apply(() => args.database);
    this.registerOutputs({ database: this.database });
  }
}
