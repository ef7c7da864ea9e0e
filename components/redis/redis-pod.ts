import type * as k8s from '@pulumi/kubernetes';
import type * as pulumi from '@pulumi/pulumi';

import { CONTAINER_SECURITY, podSecurity } from '../pod-security.ts';
import { PATHS, REDIS_PORT } from './redis-conf.ts';
import { redisExporter } from './redis-exporter.ts';

type Container = k8s.types.input.core.v1.Container;

/** User and group of the official image; files of the volume belong to them. */
const USER = 999;
const GROUP = 1000;

export interface RedisPodArgs {
  readonly image: pulumi.Input<string>;
  /** Image of redis_exporter. Default: the node gives no metrics. */
  readonly exporter?: pulumi.Input<string> | undefined;
  /** Number of nodes and the DNS name behind `<prefix>-<ordinal>`. */
  readonly fleet: {
    readonly nodes: number;
    readonly prefix: string;
    readonly domain: pulumi.Input<string>;
  };
  /** Names of the objects that are mounted. */
  readonly objects: {
    readonly conf: pulumi.Input<string>;
    readonly scripts: pulumi.Input<string>;
    readonly users: pulumi.Input<string>;
    readonly certificate: pulumi.Input<string>;
  };
}

/** Pod of one node: the server, and the keeper that keeps it in touch with its peers. */
export function nodePod(
  { image, exporter, fleet, objects }: RedisPodArgs,
  resources: k8s.types.input.core.v1.ResourceRequirements,
): k8s.types.input.core.v1.PodSpec {
  const env = [
    ...commonEnv(fleet),
    { name: 'NODE_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
    password('keeper', objects.users),
  ];
  const probe = (kind: string) => ({ exec: { command: script('probe.sh', kind) } });
  const keeper: Container = {
    name: 'keeper',
    image,
    command: script('keeper.sh'),
    env,
    // A sidecar: it starts before the server, outlives its restarts and stops after it.
    restartPolicy: 'Always',
    resources: {
      requests: { cpu: '10m', memory: '24Mi' },
      limits: { cpu: '200m', memory: '48Mi' },
    },
    securityContext: CONTAINER_SECURITY,
    volumeMounts: [mount('scripts', PATHS.scripts), mount('tls', PATHS.tls)],
  };
  const server: Container = {
    name: 'redis',
    image,
    command: script('start.sh'),
    env: [
      ...env,
      { name: 'NODE_ADDRESS', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
      { name: 'CONF_FILE', value: PATHS.conf },
      password('probe', objects.users),
    ],
    ports: [
      { name: 'redis', containerPort: REDIS_PORT },
      { name: 'bus', containerPort: REDIS_PORT + 10_000 },
    ],
    // Loading a large data set takes minutes; until then nothing else judges the node.
    startupProbe: { ...probe('alive'), periodSeconds: 2, failureThreshold: 150, timeoutSeconds: 5 },
    readinessProbe: { ...probe('ready'), periodSeconds: 10, timeoutSeconds: 5 },
    livenessProbe: {
      ...probe('alive'),
      periodSeconds: 20,
      timeoutSeconds: 10,
      failureThreshold: 3,
    },
    lifecycle: { preStop: { exec: { command: script('hand-over.sh') } } },
    resources,
    securityContext: CONTAINER_SECURITY,
    volumeMounts: [
      mount('conf', dirnameOf(PATHS.conf)),
      mount('users', PATHS.auth),
      mount('scripts', PATHS.scripts),
      mount('tls', PATHS.tls),
      { name: 'data', mountPath: PATHS.data },
    ],
  };
  return {
    automountServiceAccountToken: false,
    securityContext: redisPodSecurity(),
    // Above hand-over (5 s) and shutdown-timeout (10 s), with room for a last write of the AOF.
    terminationGracePeriodSeconds: 45,
    initContainers: [keeper],
    containers: [
      server,
      ...(exporter === undefined ? [] : [redisExporter(exporter, objects.users)]),
    ],
    volumes: [
      { name: 'conf', configMap: { name: objects.conf } },
      {
        name: 'users',
        secret: {
          secretName: objects.users,
          // The passwords beside them are no business of the server, which needs only hashes.
          items: ['users.acl', 'auth.conf'].map((key) => ({ key, path: key })),
        },
      },
      { name: 'scripts', configMap: { name: objects.scripts } },
      { name: 'tls', secret: { secretName: objects.certificate } },
    ],
  };
}

/** Pod of the Job that makes the nodes a cluster. */
export function formationPod({
  image,
  fleet,
  objects,
}: RedisPodArgs): k8s.types.input.core.v1.PodSpec {
  const former: Container = {
    name: 'form',
    image,
    command: script('form.sh'),
    env: [...commonEnv(fleet), password('admin', objects.users)],
    resources: {
      requests: { cpu: '10m', memory: '24Mi' },
      limits: { cpu: '200m', memory: '64Mi' },
    },
    securityContext: CONTAINER_SECURITY,
    volumeMounts: [mount('scripts', PATHS.scripts), mount('tls', PATHS.tls)],
  };
  return {
    automountServiceAccountToken: false,
    securityContext: redisPodSecurity(),
    restartPolicy: 'Never',
    containers: [former],
    volumes: [
      { name: 'scripts', configMap: { name: objects.scripts } },
      {
        name: 'tls',
        // Only what it verifies with: the key would let it join the bus.
        secret: { secretName: objects.certificate, items: [{ key: 'ca.crt', path: 'ca.crt' }] },
      },
    ],
  };
}

/** Of every Redis pod. */
export function redisPodSecurity(): k8s.types.input.core.v1.PodSecurityContext {
  // A volume of many files is not walked through at every start.
  return { ...podSecurity(USER, GROUP), fsGroupChangePolicy: 'OnRootMismatch' };
}

/** What `scripts/lib.sh` reads. */
export function commonEnv({ nodes, prefix, domain }: RedisPodArgs['fleet']) {
  return [
    { name: 'NODES', value: String(nodes) },
    { name: 'NODE_PREFIX', value: prefix },
    { name: 'NODE_DOMAIN', value: domain },
    { name: 'PORT', value: String(REDIS_PORT) },
    { name: 'CA_FILE', value: `${PATHS.tls}/ca.crt` },
  ];
}

/** Variable with the password of an ACL user. */
export function password(user: string, secret: pulumi.Input<string>) {
  const valueFrom = { secretKeyRef: { name: secret, key: user } };
  return { name: `${user.toUpperCase()}_PASSWORD`, valueFrom };
}

/** Command of a script. */
export function script(...[file, ...args]: [string, ...string[]]): string[] {
  return ['/bin/sh', `${PATHS.scripts}/${file}`, ...args];
}

/** A volume that is only read. */
export function mount(name: string, mountPath: string) {
  return { name, mountPath, readOnly: true };
}

function dirnameOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}
