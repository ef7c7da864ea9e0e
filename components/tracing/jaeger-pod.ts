import type * as k8s from '@pulumi/kubernetes';
import type * as pulumi from '@pulumi/pulumi';

import type { ContainerResources } from '../container-resources.ts';
import { Port } from '../network/port.ts';
import { CONTAINER_SECURITY, podSecurity } from '../pod-security.ts';
import { spread } from '../spread.ts';
import { CONFIG, HEALTH_PORT, METRICS_PORT, TLS } from './jaeger-config.ts';

/** The user of the official image. */
const USER = 10001;

export interface JaegerPodArgs {
  readonly image: pulumi.Input<string>;
  readonly resources: ContainerResources;
  /** ConfigMap with `config.json` and `ca.crt`. */
  readonly config: pulumi.Input<string>;
  /** Secret with `tls.crt` and `tls.key`. */
  readonly certificate: pulumi.Input<string>;
  /** Labels that select the pods. */
  readonly matchLabels: Readonly<Record<string, string>>;
  /** Secret with `username` and `password` of the store. Default: the store needs none. */
  readonly login?: pulumi.Input<string>;
}

export function jaegerPod(args: JaegerPodArgs): k8s.types.input.core.v1.PodSpec {
  const { login, matchLabels } = args;
  const probe = { httpGet: { path: '/status', port: 'health' } };
  const secret = (name: string, key: string) => ({
    name,
    valueFrom: { secretKeyRef: { name: login ?? '', key } },
  });
  return {
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: podSecurity(USER),
    topologySpreadConstraints: spread(matchLabels),
    containers: [
      {
        name: 'jaeger',
        image: args.image,
        args: [`--config=${CONFIG}/config.json`],
        ...(login === undefined
          ? {}
          : { env: [secret('STORE_USERNAME', 'username'), secret('STORE_PASSWORD', 'password')] }),
        ports: [
          { name: 'otlp-http', containerPort: Port.otlpHttp.port },
          { name: 'ui', containerPort: Port.jaegerUi.port },
          { name: 'metrics', containerPort: METRICS_PORT },
          { name: 'health', containerPort: HEALTH_PORT },
        ],
        startupProbe: { ...probe, periodSeconds: 1, failureThreshold: 60 },
        readinessProbe: { ...probe, periodSeconds: 5 },
        livenessProbe: { ...probe, periodSeconds: 20, timeoutSeconds: 5 },
        resources: args.resources,
        securityContext: CONTAINER_SECURITY,
        volumeMounts: [
          { name: 'config', mountPath: CONFIG, readOnly: true },
          { name: 'tls', mountPath: TLS, readOnly: true },
        ],
      },
    ],
    volumes: [
      { name: 'config', configMap: { name: args.config } },
      { name: 'tls', secret: { secretName: args.certificate } },
    ],
  };
}
