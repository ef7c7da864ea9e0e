import type * as pulumi from '@pulumi/pulumi';

import type { MetricStackArgs } from './metric-stack-args.ts';

/** What every part of the metrics stack is made from. */
export interface StackContext {
  /** Name of the component, and prefix of all its objects. */
  readonly name: string;
  readonly args: MetricStackArgs;
  readonly parent: { readonly parent: pulumi.Resource };
  /** The operator, whose definitions must be there first. */
  readonly operator: pulumi.Resource;
}
