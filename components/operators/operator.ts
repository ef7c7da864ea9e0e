import * as pulumi from '@pulumi/pulumi';

/** Operators of `operators.lock.json`. */
export type OperatorName = 'cloudnative-pg' | 'barman-cloud' | 'gateway-api';

export interface OperatorArgs {
  /** Which entry of `operators.lock.json`. */
  readonly operator: OperatorName;
  /** Namespace everything namespaced goes to, whatever upstream says. */
  readonly namespace: pulumi.Input<string>;
  /** Folder that `fetchManifests` filled: `<manifests>/<operator>/<file>`. */
  readonly manifests: string;
  /** Upstream image reference → the pinned one we run. An image without an entry is an error. */
  readonly images: Readonly<Record<string, string>>;
  /** Requests and limits of every container of the operator. */
  readonly resources?: {
    readonly requests: { readonly cpu: string; readonly memory: string };
    readonly limits: { readonly memory: string; readonly cpu?: string };
  };
  /** Environment of the operator's container: sets or replaces upstream values. Default: none. */
  readonly env?: Readonly<Record<string, string>>;
  /** Annotations of the pod template, such as the checksum of a certificate. Default: none. */
  readonly podAnnotations?: Readonly<Record<string, pulumi.Input<string>>>;
}

/** One operator: its upstream manifests, patched to the platform's baseline, CRDs first. */
export class Operator extends pulumi.ComponentResource {
  /** Resolves once the operator's Deployment is available, or its CRDs exist when it has none. */
  readonly ready: pulumi.Output<readonly string[]>;

  constructor(name: string, args: OperatorArgs, opts?: pulumi.ComponentResourceOptions) {
    super('saas:operators:Operator', name, args, opts);
    this.ready = pulumi.output([]);
    this.registerOutputs({ ready: this.ready });
  }
}
