import type * as k8s from '@pulumi/kubernetes';
import type * as pulumi from '@pulumi/pulumi';

import type { GatewayClassSpec, GatewaySpec, HTTPRouteSpec } from '../crds/gateway-api.ts';
import { awaitedResource } from '../custom-resource.ts';
import type { DeepInput } from '../deep-input.ts';

/** Kinds of the Gateway API with the specs that their CRDs accept. */
interface Specs {
  readonly GatewayClass: GatewayClassSpec;
  readonly Gateway: GatewaySpec;
  readonly HTTPRoute: HTTPRouteSpec;
}

export interface GatewayResourceArgs<Kind extends keyof Specs> {
  readonly kind: Kind;
  readonly metadata: {
    readonly name: pulumi.Input<string>;
    readonly namespace?: pulumi.Input<string>;
    readonly labels: Record<string, string>;
  };
  readonly spec: DeepInput<Specs[Kind]>;
}

const route = (type: string) =>
  `jsonpath={.status.parents[0].conditions[?(@.type=="${type}")].status}=True`;
/** What each kind looks like when Traefik serves it. */
const READY = {
  GatewayClass: 'condition=Accepted',
  Gateway: 'condition=Programmed',
  // A route that is accepted but names a missing Service answers every request with an error.
  HTTPRoute: [route('Accepted'), route('ResolvedRefs')],
} as const;

/** An object of the Gateway API, awaited for at most two minutes. */
export function gatewayResource<Kind extends keyof Specs>(
  name: string,
  { kind, metadata, spec }: GatewayResourceArgs<Kind>,
  opts: pulumi.CustomResourceOptions,
): k8s.apiextensions.CustomResource {
  const apiVersion = 'gateway.networking.k8s.io/v1';
  return awaitedResource(name, { apiVersion, kind, metadata, spec, waitFor: READY[kind] }, opts);
}
