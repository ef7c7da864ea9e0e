import * as k8s from '@pulumi/kubernetes';

import { labels, selector } from '../labels.ts';
import { Peer } from '../network/peer.ts';
import { CONTAINER_SECURITY } from '../pod-security.ts';
import { POD_SECURITY } from './pod-security.ts';
import type { ScrapeTarget } from './scrape-target.ts';
import type { StackContext } from './stack-context.ts';

const COMPONENT = 'node-exporter';
const PORT = 9100;
/** What rules read. Network counters would be those of the pod, which stays out of the host's. */
const COLLECTORS = ['cpu', 'meminfo', 'filesystem', 'loadavg', 'diskstats', 'uname'];

/**
 * node_exporter on every node: it sees the machine's files read-only, and neither its network nor
 * its processes.
 */
export function nodeExporter({ name, args, parent }: StackContext): ScrapeTarget {
  const namespace = args.agentsNamespace;
  const matchLabels = selector(name, COMPONENT);
  new k8s.apps.v1.DaemonSet(
    `${name}-${COMPONENT}`,
    {
      metadata: {
        name: `${name}-${COMPONENT}`,
        namespace,
        labels: labels(name, COMPONENT),
        // It counts as ready when the nodes have it, and nobody waits for it.
        annotations: { 'pulumi.com/skipAwait': 'true' },
      },
      spec: {
        selector: { matchLabels },
        updateStrategy: { rollingUpdate: { maxUnavailable: '10%' } },
        template: {
          metadata: { labels: labels(name, COMPONENT) },
          spec: {
            automountServiceAccountToken: false,
            enableServiceLinks: false,
            securityContext: POD_SECURITY,
            // Machines with taints are watched too.
            tolerations: [{ operator: 'Exists' }],
            containers: [
              {
                name: COMPONENT,
                image: args.images.nodeExporter,
                args: [
                  `--web.listen-address=:${PORT}`,
                  '--path.procfs=/host/proc',
                  '--path.sysfs=/host/sys',
                  '--path.rootfs=/host/root',
                  '--collector.disable-defaults',
                  ...COLLECTORS.map((collector) => `--collector.${collector}`),
                  '--collector.filesystem.mount-points-exclude=' +
                    '^/(dev|proc|sys|run|var/lib/(kubelet|containerd)/.+)($|/)',
                ],
                ports: [{ name: 'metrics', containerPort: PORT }],
                resources: {
                  requests: { cpu: '10m', memory: '32Mi' },
                  limits: { cpu: '250m', memory: '64Mi' },
                },
                securityContext: CONTAINER_SECURITY,
                volumeMounts: ['proc', 'sys', 'root'].map((volume) => ({
                  name: volume,
                  mountPath: `/host/${volume}`,
                  readOnly: true,
                  ...(volume === 'root' ? { mountPropagation: 'HostToContainer' } : {}),
                })),
              },
            ],
            volumes: [
              { name: 'proc', hostPath: { path: '/proc' } },
              { name: 'sys', hostPath: { path: '/sys' } },
              { name: 'root', hostPath: { path: '/' } },
            ],
          },
        },
      },
    },
    parent,
  );
  return { job: COMPONENT, pods: Peer.pods(namespace, matchLabels), port: PORT };
}
