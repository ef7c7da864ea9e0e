import * as k8s from '@pulumi/kubernetes';
import type * as pulumi from '@pulumi/pulumi';

export interface AwaitedResourceArgs {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: pulumi.Input<string>;
    /** Absent: the kind belongs to the whole cluster. */
    readonly namespace?: pulumi.Input<string>;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, pulumi.Input<string>>>;
  };
  readonly spec: object;
  /** Condition or JSON path, or several; without one the object is ready when it is accepted. */
  readonly waitFor?: string | readonly string[];
  /** Longest wait, such as `5m`. Default: 2m. */
  readonly deadline?: string;
}

/** A custom resource. Pulumi awaits none unless it is told what to see. */
export function awaitedResource(
  name: string,
  args: AwaitedResourceArgs,
  opts: pulumi.CustomResourceOptions,
): k8s.apiextensions.CustomResource {
  const { apiVersion, kind, metadata, spec, waitFor, deadline = '2m' } = args;
  const expression = typeof waitFor === 'string' ? waitFor : JSON.stringify(waitFor);
  const annotations = {
    ...metadata.annotations,
    ...(waitFor === undefined ? {} : { 'pulumi.com/waitFor': expression }),
  };
  return new k8s.apiextensions.CustomResource(
    name,
    { apiVersion, kind, metadata: { ...metadata, annotations }, spec },
    { customTimeouts: { create: deadline, update: deadline }, ...opts },
  );
}
