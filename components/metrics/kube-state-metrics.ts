import { selector } from '../labels.ts';
import { AllowTraffic } from '../network/allow-traffic.ts';
import { Peer } from '../network/peer.ts';
import { Port } from '../network/port.ts';
import { clusterAccount } from './cluster-account.ts';
import { exporterDeployment } from './exporter-deployment.ts';
import type { ScrapeTarget } from './scrape-target.ts';
import type { StackContext } from './stack-context.ts';

const COMPONENT = 'kube-state-metrics';
const PORT = 8080;
/** What rules and dashboards read. Upstream also lists Secrets, of which nothing here is told. */
const RESOURCES = [
  ['', ['nodes', 'pods', 'persistentvolumeclaims']],
  ['apps', ['daemonsets', 'deployments', 'statefulsets']],
  ['autoscaling', ['horizontalpodautoscalers']],
  ['batch', ['cronjobs', 'jobs']],
  ['policy', ['poddisruptionbudgets']],
] as const;

/** Rights of kube-state-metrics. */
export const STATE_RULES = RESOURCES.map(([group, resources]) => ({
  apiGroups: [group],
  resources: [...resources],
  verbs: ['list', 'watch'],
}));

/** kube-state-metrics: what the API server knows about objects, as series. */
export function kubeStateMetrics(context: StackContext): ScrapeTarget {
  const { name, args, parent } = context;
  const pods = Peer.pods(args.namespace, selector(name, COMPONENT));
  const { account, binding } = clusterAccount(context, {
    component: COMPONENT,
    prefix: 'state',
    rules: STATE_RULES,
  });
  const traffic = new AllowTraffic(
    `${name}-state-api`,
    {
      from: [pods],
      to: [Peer.cidr(args.apiServer.cidr)],
      ports: [Port.tcp(args.apiServer.port)],
      description: 'kube-state-metrics lists objects.',
    },
    parent,
  );
  const probe = (path: string, port: string) => ({ httpGet: { path, port }, timeoutSeconds: 5 });
  exporterDeployment(context, {
    component: COMPONENT,
    account: account.metadata.name,
    dependsOn: [binding, traffic],
    container: {
      image: args.images.kubeStateMetrics,
      args: [`--resources=${RESOURCES.flatMap(([, resources]) => resources).join(',')}`],
      ports: [
        { name: 'metrics', containerPort: PORT },
        { name: 'telemetry', containerPort: 8081 },
      ],
      readinessProbe: probe('/readyz', 'telemetry'),
      livenessProbe: probe('/livez', 'metrics'),
      resources: {
        requests: { cpu: '10m', memory: '64Mi' },
        limits: { cpu: '250m', memory: '256Mi' },
      },
    },
  });
  // Its series are about other pods: their labels must not give way to those of the exporter.
  return { job: COMPONENT, pods, port: PORT, honorLabels: true };
}
