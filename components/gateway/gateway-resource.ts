import * as k8s from '@pulumi/kubernetes';
import type * as pulumi from '@pulumi/pulumi';

export interface GatewayResourceArgs {
  readonly kind: 'GatewayClass' | 'Gateway' | 'HTTPRoute';
  readonly metadata: {
    readonly name: pulumi.Input<string>;
    readonly namespace?: pulumi.Input<string>;
    readonly labels: Record<string, string>;
  };
  readonly spec: object;
}

const route = (type: string) =>
  `jsonpath={.status.parents[0].conditions[?(@.type=="${type}")].status}=True`;
/** What each kind looks like when Traefik serves it; Pulumi awaits no custom resource by itself. */
const READY = {
  GatewayClass: 'condition=Accepted',
  Gateway: 'condition=Programmed',
  // A route that is accepted but names a missing Service answers every request with an error.
  HTTPRoute: JSON.stringify([route('Accepted'), route('ResolvedRefs')]),
} as const;

/** An object of the Gateway API, awaited for at most two minutes. */
export function gatewayResource(
  name: string,
  { kind, metadata, spec }: GatewayResourceArgs,
  opts: pulumi.CustomResourceOptions,
): k8s.apiextensions.CustomResource {
  return new k8s.apiextensions.CustomResource(
    name,
    {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind,
      metadata: { ...metadata, annotations: { 'pulumi.com/waitFor': READY[kind] } },
      spec,
    },
    { customTimeouts: { create: '2m', update: '2m' }, ...opts },
  );
}
