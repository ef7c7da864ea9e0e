import * as k8s from '@pulumi/kubernetes';
import type * as pulumi from '@pulumi/pulumi';

import { gatewayResource } from '../gateway/gateway-resource.ts';
import { selector } from '../labels.ts';
import { type AppContext, metadataOf } from './app-context.ts';
import type { Role } from './environment.ts';

/** Roles that answer requests, and the name of what is made for each. */
type ServingRole = Extract<Role, 'api' | 'admin'>;

function objectName(name: string, role: ServingRole): string {
  return role === 'api' ? name : `${name}-${role}`;
}

/** The Service in front of a role's pods. */
export function roleService(context: AppContext, role: ServingRole): k8s.core.v1.Service {
  const { name, parent } = context;
  return new k8s.core.v1.Service(
    `${objectName(name, role)}-service`,
    {
      metadata: {
        ...metadataOf(context, objectName(name, role), role),
        // The route waits for the Deployment; a Service would take ten more seconds to settle.
        annotations: { 'pulumi.com/skipAwait': 'true' },
      },
      spec: {
        selector: selector(name, role),
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

/** The way from the gateway's listener to the Service, for requests to the given hosts. */
export function roleRoute(
  context: AppContext,
  role: ServingRole,
  hosts: readonly string[],
  service: k8s.core.v1.Service,
  dependsOn: pulumi.Resource[],
) {
  const { name, args, parent } = context;
  const { gateway } = args;
  return gatewayResource(
    `${objectName(name, role)}-route`,
    {
      kind: 'HTTPRoute',
      metadata: metadataOf(context, objectName(name, role), role),
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
