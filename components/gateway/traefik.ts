import type * as k8s from '@pulumi/kubernetes';
import type * as pulumi from '@pulumi/pulumi';

import { CONTAINER_SECURITY, podSecurity } from '../pod-security.ts';

/** Any but 0; the image names no user of its own. */
const USER = 65532;
/** Above the 5 s in which it still takes requests and the 10 s for open ones. */
const GRACE_SECONDS = 30;

/** Name of the component in the labels of its objects. */
export const COMPONENT = 'traefik';
/** Entry points. A Gateway listener is served by the entry point with the same port number. */
export const ENTRY_POINTS = { web: 8000, websecure: 8443, traefik: 8080, metrics: 9100 } as const;

/** Command line of Traefik. It reads the given namespaces only. */
export function traefikArgs(namespaces: readonly string[]): string[] {
  const served = ['web', 'websecure'] as const;
  return [
    // Both would call out of the cluster.
    '--global.checknewversion=false',
    '--global.sendanonymoususage=false',
    ...Object.entries(ENTRY_POINTS).map(([name, port]) => `--entrypoints.${name}.address=:${port}`),
    // While the Service still sends requests, a stopping pod takes them.
    ...served.map(
      (name) => `--entrypoints.${name}.transport.lifecycle.requestacceptgracetimeout=5`,
    ),
    '--ping=true',
    '--ping.entrypoint=traefik',
    '--metrics.prometheus=true',
    '--metrics.prometheus.entrypoint=metrics',
    '--providers.kubernetesgateway=true',
    `--providers.kubernetesgateway.namespaces=${namespaces.join(',')}`,
    // API, dashboard and the rest provider stay off: a route to them would be a way in.
    '--log.format=json',
    '--accesslog=true',
    '--accesslog.format=json',
  ];
}

/** What Traefik may do in each namespace that it watches. */
export const NAMESPACE_RULES = [
  {
    apiGroups: ['gateway.networking.k8s.io'],
    resources: ['gateways', 'httproutes', 'grpcroutes', 'referencegrants', 'backendtlspolicies'],
    verbs: ['get', 'list', 'watch'],
  },
  {
    apiGroups: ['gateway.networking.k8s.io'],
    resources: [
      'gateways/status',
      'httproutes/status',
      'grpcroutes/status',
      'backendtlspolicies/status',
    ],
    verbs: ['update'],
  },
  {
    // It lists Secrets wherever it looks for routes and cannot be told otherwise.
    apiGroups: [''],
    resources: ['services', 'secrets', 'configmaps'],
    verbs: ['get', 'list', 'watch'],
  },
  {
    apiGroups: ['discovery.k8s.io'],
    resources: ['endpointslices'],
    verbs: ['get', 'list', 'watch'],
  },
];

/** What exists only once in a cluster. */
export const CLUSTER_RULES = [
  {
    apiGroups: ['gateway.networking.k8s.io'],
    resources: ['gatewayclasses'],
    verbs: ['get', 'list', 'watch'],
  },
  {
    apiGroups: ['gateway.networking.k8s.io'],
    resources: ['gatewayclasses/status'],
    verbs: ['update'],
  },
  { apiGroups: [''], resources: ['namespaces'], verbs: ['get', 'list', 'watch'] },
];

/** Pod of Traefik. */
export function traefikPod(
  image: pulumi.Input<string>,
  args: pulumi.Input<string[]>,
  serviceAccountName: pulumi.Input<string>,
): k8s.types.input.core.v1.PodSpec {
  const probe = { httpGet: { path: '/ping', port: 'traefik' } };
  return {
    serviceAccountName,
    // It talks to the API server; the account itself gives no token to other pods.
    automountServiceAccountToken: true,
    terminationGracePeriodSeconds: GRACE_SECONDS,
    securityContext: podSecurity(USER),
    containers: [
      {
        name: 'traefik',
        image,
        args,
        ports: Object.entries(ENTRY_POINTS).map(([name, containerPort]) => ({
          name,
          containerPort,
        })),
        startupProbe: { ...probe, periodSeconds: 1, failureThreshold: 60 },
        readinessProbe: { ...probe, periodSeconds: 5 },
        livenessProbe: { ...probe, periodSeconds: 10, failureThreshold: 3 },
        resources: {
          requests: { cpu: '100m', memory: '64Mi' },
          limits: { cpu: '1', memory: '256Mi' },
        },
        securityContext: CONTAINER_SECURITY,
      },
    ],
  };
}
