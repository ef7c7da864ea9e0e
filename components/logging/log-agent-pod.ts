import type * as k8s from '@pulumi/kubernetes';
import type * as pulumi from '@pulumi/pulumi';

import type { ContainerResources } from '../container-resources.ts';
import { CONTAINER_SECURITY } from '../pod-security.ts';
import { CONFIG, HEALTH_PORT, METRICS_PORT, STATE } from './collector-config.ts';

export interface AgentPodArgs {
  readonly image: pulumi.Input<string>;
  /** Folder of the node for offsets and queue. */
  readonly state: pulumi.Input<string>;
  /** ConfigMap with `config.json` and `ca.crt`. */
  readonly config: pulumi.Input<string>;
  /** Secret with `username`, `password` and `authorization`. */
  readonly login: pulumi.Input<string>;
  readonly resources: ContainerResources;
}

/**
 * The Collector on a node. It is root without any capability, because container logs and the folders
 * that the kubelet makes belong to root; it has no token, no network of the node and no shell.
 */
export function agentPod(args: AgentPodArgs): k8s.types.input.core.v1.PodSpec {
  const probe = { httpGet: { path: '/', port: 'health' } };
  return {
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    // Every node, whatever else it refuses: a failing node is the one whose lines are wanted.
    tolerations: [{ operator: 'Exists' }],
    terminationGracePeriodSeconds: 30,
    securityContext: { runAsUser: 0, runAsGroup: 0, seccompProfile: { type: 'RuntimeDefault' } },
    containers: [
      {
        name: 'collector',
        image: args.image,
        args: [`--config=${CONFIG}/config.json`],
        env: [
          login(args, 'LOGS_USERNAME', 'username'),
          login(args, 'LOGS_PASSWORD', 'password'),
          login(args, 'LOGS_AUTHORIZATION', 'authorization'),
        ],
        ports: [
          { name: 'metrics', containerPort: METRICS_PORT },
          { name: 'health', containerPort: HEALTH_PORT },
        ],
        startupProbe: { ...probe, periodSeconds: 1, failureThreshold: 60 },
        readinessProbe: { ...probe, periodSeconds: 10 },
        livenessProbe: { ...probe, periodSeconds: 20, timeoutSeconds: 5 },
        resources: args.resources,
        securityContext: CONTAINER_SECURITY,
        volumeMounts: [
          { name: 'pods', mountPath: '/var/log/pods', readOnly: true },
          { name: 'config', mountPath: CONFIG, readOnly: true },
          { name: 'state', mountPath: STATE },
        ],
      },
    ],
    volumes: [
      { name: 'pods', hostPath: { path: '/var/log/pods', type: 'Directory' } },
      { name: 'config', configMap: { name: args.config } },
      { name: 'state', hostPath: { path: args.state, type: 'DirectoryOrCreate' } },
    ],
  };
}

function login({ login: name }: AgentPodArgs, variable: string, key: string) {
  return { name: variable, valueFrom: { secretKeyRef: { name, key } } };
}
