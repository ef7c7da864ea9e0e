import type * as k8s from '@pulumi/kubernetes';
import type * as pulumi from '@pulumi/pulumi';

import type { ContainerResources } from '../container-resources.ts';
import { CONTAINER_SECURITY, podSecurity } from '../pod-security.ts';
import { METRICS_PORT, PATHS, PORT, type Role } from './environment.ts';

/** The user of the image. */
const USER = 10001;
/** Time that the edge needs to see that a pod is going, in seconds; requests until then are served. */
const SEEN_SECONDS = 5;
/** After it the app stops taking requests by itself and ends the open ones within 25 s. */
const GRACE_SECONDS = SEEN_SECONDS + 30;

export interface AppPodArgs {
  readonly role: Role;
  readonly image: pulumi.Input<string>;
  readonly resources: ContainerResources;
  /** Names of the ConfigMaps with settings and authorities and of the Secret of the role. */
  readonly config: pulumi.Input<string>;
  readonly authorities: pulumi.Input<string>;
  readonly secret: pulumi.Input<string>;
  /** Secret whose one file is named by a variable: signing keys or demo accounts. Default: none. */
  readonly file?: {
    readonly variable: string;
    readonly path: string;
    readonly secret: pulumi.Input<string>;
  };
}

/** Pod of one role. `migrate` runs to its end, the others serve until they are stopped. */
export function appPod(args: AppPodArgs): k8s.types.input.core.v1.PodSpec {
  const { role, image, file } = args;
  const serving = role === 'migrate' ? {} : server();
  return {
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    ...(role === 'migrate' ? { restartPolicy: 'Never' } : {}),
    terminationGracePeriodSeconds: GRACE_SECONDS,
    securityContext: podSecurity(USER),
    containers: [
      {
        name: role,
        image,
        args: [role],
        env: [
          { name: 'SERVICE_NAME', value: role },
          { name: 'ROLE', value: role },
          ...(file === undefined ? [] : [{ name: file.variable, value: file.path }]),
        ],
        envFrom: [{ configMapRef: { name: args.config } }, { secretRef: { name: args.secret } }],
        ...serving,
        resources: args.resources,
        securityContext: CONTAINER_SECURITY,
        volumeMounts: [
          { name: 'authorities', mountPath: PATHS.authorities, readOnly: true },
          { name: 'tmp', mountPath: '/tmp' },
          ...(file === undefined
            ? []
            : [{ name: 'file', mountPath: folderOf(file.path), readOnly: true }]),
        ],
      },
    ],
    volumes: [
      { name: 'authorities', configMap: { name: args.authorities } },
      { name: 'tmp', emptyDir: { sizeLimit: '64Mi' } },
      ...(file === undefined ? [] : [{ name: 'file', secret: { secretName: file.secret } }]),
    ],
  };
}

/** Ports and probes. Readiness looks at the dependencies, liveness never does. */
function server() {
  const probe = (path: string) => ({ httpGet: { path, port: 'http' } });
  return {
    ports: [
      { name: 'http', containerPort: PORT },
      { name: 'metrics', containerPort: METRICS_PORT },
    ],
    startupProbe: { ...probe('/health'), periodSeconds: 1, failureThreshold: 60 },
    // A failover is over sooner: until then the pods themselves answer 503 and when to come back.
    readinessProbe: {
      ...probe('/ready'),
      periodSeconds: 5,
      timeoutSeconds: 2,
      failureThreshold: 9,
    },
    livenessProbe: {
      ...probe('/health'),
      periodSeconds: 10,
      timeoutSeconds: 5,
      failureThreshold: 3,
    },
    // The image has no shell; the kubelet itself sleeps.
    lifecycle: { preStop: { sleep: { seconds: SEEN_SECONDS } } },
  };
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}
