import type * as k8s from '@pulumi/kubernetes';
import type * as pulumi from '@pulumi/pulumi';

import type { ContainerResources } from '../container-resources.ts';
import { Port } from '../network/port.ts';
import { CONTAINER_SECURITY, podSecurity } from '../pod-security.ts';

/** Any but 0; the image has no user of its own. */
const USER = 10001;

export interface VictoriaLogsPodArgs {
  readonly image: pulumi.Input<string>;
  readonly retentionDays: number;
  readonly resources: ContainerResources;
  readonly username: string;
  /** Secret with `password`. */
  readonly login: pulumi.Input<string>;
  /** Secret with `tls.crt` and `tls.key`. */
  readonly certificate: pulumi.Input<string>;
}

/** Pod of VictoriaLogs: TLS and a password on its one port, whose `/health` needs none. */
export function victoriaLogsPod(args: VictoriaLogsPodArgs): k8s.types.input.core.v1.PodSpec {
  const probe = { httpGet: { path: '/health', port: 'https', scheme: 'HTTPS' } };
  return {
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: {
      ...podSecurity(USER),
      fsGroupChangePolicy: 'OnRootMismatch',
    },
    containers: [
      {
        name: 'victoria-logs',
        image: args.image,
        args: [
          `-httpListenAddr=:${Port.victoriaLogs.port}`,
          '-storageDataPath=/data',
          `-retentionPeriod=${args.retentionDays}d`,
          // The oldest day goes before the volume is full: a full one takes no new line.
          '-retention.maxDiskUsagePercent=80',
          '-tls',
          '-tlsCertFile=/tls/tls.crt',
          '-tlsKeyFile=/tls/tls.key',
          `-httpAuth.username=${args.username}`,
          '-httpAuth.password=file:///login/password',
          '-loggerFormat=json',
        ],
        ports: [{ name: 'https', containerPort: Port.victoriaLogs.port }],
        startupProbe: { ...probe, periodSeconds: 1, failureThreshold: 60 },
        readinessProbe: { ...probe, periodSeconds: 5 },
        livenessProbe: { ...probe, periodSeconds: 20, timeoutSeconds: 5 },
        resources: args.resources,
        securityContext: CONTAINER_SECURITY,
        volumeMounts: [
          { name: 'data', mountPath: '/data' },
          { name: 'tls', mountPath: '/tls', readOnly: true },
          { name: 'login', mountPath: '/login', readOnly: true },
        ],
      },
    ],
    volumes: [
      { name: 'tls', secret: { secretName: args.certificate } },
      {
        name: 'login',
        secret: { secretName: args.login, items: [{ key: 'password', path: 'password' }] },
      },
    ],
  };
}
