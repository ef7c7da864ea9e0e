import { addresses } from '../addresses.ts';
import { waitFor } from '../wait.ts';
import { kubectl } from './control-plane.ts';
import { clusterDir } from '../paths.ts';
import { join } from 'node:path';

const restricted = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  runAsNonRoot: true,
  runAsUser: 10001,
  capabilities: { drop: ['ALL'], add: ['NET_BIND_SERVICE'] },
  seccompProfile: { type: 'RuntimeDefault' },
};

const corefile = `.:53 {
  errors
  health :8080
  ready :8181
  kubernetes cluster.local in-addr.arpa {
    pods insecure
    ttl 5
  }
  prometheus :9153
  reload
  loadbalance
}
`;

interface Access {
  readonly name: string;
  readonly rules: readonly object[];
}

function serviceAccount({ name, rules }: Access): object[] {
  const metadata = { name, namespace: 'kube-system' };
  const role = `sandbox:${name}`;
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: role },
      rules,
    },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: role },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
      subjects: [{ kind: 'ServiceAccount', ...metadata }],
    },
  ];
}

function coredns(): object[] {
  const labels = { 'k8s-app': 'kube-dns' };
  const metadata = { name: 'coredns', namespace: 'kube-system', labels };
  const read = ['list', 'watch'];
  return [
    ...serviceAccount({
      name: 'coredns',
      rules: [
        { apiGroups: [''], resources: ['services', 'pods', 'namespaces'], verbs: read },
        { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: read },
      ],
    }),
    { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { Corefile: corefile } },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { ...metadata, name: 'kube-dns' },
      spec: {
        clusterIP: addresses.dnsService,
        selector: labels,
        ports: [
          { name: 'dns', port: 53, protocol: 'UDP' },
          { name: 'dns-tcp', port: 53, protocol: 'TCP' },
        ],
      },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata,
      spec: {
        replicas: 1,
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            serviceAccountName: 'coredns',
            dnsPolicy: 'Default',
            priorityClassName: 'system-cluster-critical',
            containers: [
              {
                name: 'coredns',
                image: 'docker.io/coredns/coredns:1.14.7',
                args: ['-conf', '/etc/coredns/Corefile'],
                securityContext: restricted,
                resources: {
                  requests: { cpu: '20m', memory: '32Mi' },
                  limits: { memory: '128Mi' },
                },
                readinessProbe: { httpGet: { path: '/ready', port: 8181 }, periodSeconds: 2 },
                livenessProbe: { httpGet: { path: '/health', port: 8080 } },
                volumeMounts: [{ name: 'config', mountPath: '/etc/coredns', readOnly: true }],
              },
            ],
            volumes: [{ name: 'config', configMap: { name: 'coredns' } }],
          },
        },
      },
    },
  ];
}

function localPath(): object[] {
  const labels = { app: 'local-path-provisioner' };
  const metadata = { name: 'local-path', namespace: 'kube-system', labels };
  const write = ['get', 'list', 'watch', 'create', 'patch', 'update', 'delete'];
  const read = ['get', 'list', 'watch'];
  // The helper pod runs these on the node as root: volumes belong to pods of any user.
  const scripts = {
    setup: '#!/bin/sh\nset -eu\nmkdir -m 0777 -p "$VOL_DIR"\n',
    teardown: '#!/bin/sh\nset -eu\nrm -rf "$VOL_DIR"\n',
    'config.json': JSON.stringify({
      nodePathMap: [
        { node: 'DEFAULT_PATH_FOR_NON_LISTED_NODES', paths: [join(clusterDir, 'volumes')] },
      ],
    }),
    'helperPod.yaml': JSON.stringify({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'helper-pod' },
      spec: {
        priorityClassName: 'system-node-critical',
        automountServiceAccountToken: false,
        containers: [
          {
            name: 'helper-pod',
            image: 'docker.io/library/busybox:1.36',
            imagePullPolicy: 'IfNotPresent',
          },
        ],
      },
    }),
  };
  return [
    ...serviceAccount({
      name: 'local-path',
      rules: [
        { apiGroups: [''], resources: ['nodes', 'configmaps', 'pods/log'], verbs: read },
        {
          apiGroups: [''],
          resources: ['persistentvolumeclaims', 'persistentvolumes', 'pods', 'events', 'endpoints'],
          verbs: write,
        },
        { apiGroups: ['storage.k8s.io'], resources: ['storageclasses'], verbs: read },
        { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: write },
      ],
    }),
    { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: scripts },
    {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: {
        name: 'local-path',
        annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' },
      },
      provisioner: 'rancher.io/local-path',
      volumeBindingMode: 'WaitForFirstConsumer',
      reclaimPolicy: 'Delete',
    },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata,
      spec: {
        replicas: 1,
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            serviceAccountName: 'local-path',
            priorityClassName: 'system-cluster-critical',
            containers: [
              {
                name: 'provisioner',
                image: 'docker.io/rancher/local-path-provisioner:v0.0.30',
                command: [
                  'local-path-provisioner',
                  'start',
                  '--config=/etc/config/config.json',
                  '--configmap-name=local-path',
                  '--service-account-name=local-path',
                  '--helper-image=docker.io/library/busybox:1.36',
                  '--worker-threads=4',
                ],
                env: [{ name: 'POD_NAMESPACE', value: 'kube-system' }],
                securityContext: { ...restricted, capabilities: { drop: ['ALL'] } },
                resources: {
                  requests: { cpu: '10m', memory: '32Mi' },
                  limits: { memory: '128Mi' },
                },
                volumeMounts: [{ name: 'config', mountPath: '/etc/config', readOnly: true }],
              },
            ],
            volumes: [{ name: 'config', configMap: { name: 'local-path' } }],
          },
        },
      },
    },
  ];
}

/** Applies name service and default storage, and waits until both run. */
export async function applyAddons(): Promise<void> {
  const items = [...coredns(), ...localPath()];
  const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
  await kubectl(['apply', '--server-side', '--force-conflicts', '-f', '-'], { input: list });
  for (const name of ['coredns', 'local-path']) {
    await waitFor(`${name}`, 90, async () => {
      const query = 'jsonpath={.status.readyReplicas}';
      const ready = await kubectl(['-n', 'kube-system', 'get', 'deployment', name, '-o', query]);
      return ready === '1' ? undefined : `no ready pod. ${await lastEvents('kube-system')}`;
    });
  }
}

/** The newest warnings of a namespace, for the message of a wait that ran out. */
export async function lastEvents(namespace: string): Promise<string> {
  const query =
    'jsonpath={range .items[-4:]}{.involvedObject.kind}/{.involvedObject.name}: {.reason}: {.message}{"\\n"}{end}';
  const events = await kubectl([
    '-n',
    namespace,
    'get',
    'events',
    '--field-selector=type=Warning',
    '--sort-by=.lastTimestamp',
    '-o',
    query,
  ]);
  return `Last events:\n${events}`;
}
