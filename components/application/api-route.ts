import * as k8s from '@pulumi/kubernetes';
import type * as pulumi from '@pulumi/pulumi';

import { gatewayResource } from '../gateway/gateway-resource.ts';
import { selector } from '../labels.ts';
import { type AppContext, metadataOf } from './app-context.ts';

/** The Service in front of the API's pods. */
export function apiService(context: AppContext): k8s.core.v1.Service {
  const { name, parent } = context;
  return new k8s.core.v1.Service(
    `${name}-service`,
    {
      metadata: {
        ...metadataOf(context, name, 'api'),
        // The route waits for the Deployment; a Service would take ten more seconds to settle.
        annotations: { 'pulumi.com/skipAwait': 'true' },
      },
      spec: {
        selector: selector(name, 'api'),
        ports: [{ name: 'http', port: 80, targetPort: 'http' }],
      },
    },
    parent,
  );
}

/** What browsers are told with each answer. */
const HEADERS = [
  { name: 'Strict-Transport-Security', value: 'max-age=31536000; includeSubDomains' },
  { name: 'X-Content-Type-Options', value: 'nosniff' },
  { name: 'X-Frame-Options', value: 'DENY' },
  { name: 'Referrer-Policy', value: 'no-referrer' },
];

/** The way from the gateway's listener to the Service. */
export function apiRoute(
  context: AppContext,
  service: k8s.core.v1.Service,
  dependsOn: pulumi.Resource[],
) {
  const { name, args, parent } = context;
  const { gateway, hosts } = args;
  return gatewayResource(
    `${name}-route`,
    {
      kind: 'HTTPRoute',
      metadata: metadataOf(context, name, 'api'),
      spec: {
        parentRefs: [
          { name: gateway.name, namespace: gateway.namespace, sectionName: gateway.sectionName },
        ],
        hostnames: [...hosts],
        rules: [
          {
            matches: [{ path: { type: 'PathPrefix', value: '/' } }],
            filters: [{ type: 'ResponseHeaderModifier', responseHeaderModifier: { set: HEADERS } }],
            backendRefs: [{ name: service.metadata.name, port: 80 }],
          },
        ],
      },
    },
    { ...parent, dependsOn },
  );
}
