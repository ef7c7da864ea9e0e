import type * as pulumi from '@pulumi/pulumi';

import { labels } from '../labels.ts';
import type { ApplicationArgs } from './application-args.ts';
import type { Role } from './environment.ts';

/** What every part of the application is made from. */
export interface AppContext {
  /** Name of the component, and prefix of all its objects. */
  readonly name: string;
  readonly args: ApplicationArgs;
  readonly parent: { readonly parent: pulumi.Resource };
}

/** Metadata of an object that belongs to a role. */
export function metadataOf(
  { name, args }: AppContext,
  objectName: pulumi.Input<string>,
  role: Role,
) {
  return { name: objectName, namespace: args.namespace, labels: labels(name, role) };
}
