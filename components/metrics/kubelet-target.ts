import type * as pulumi from '@pulumi/pulumi';

import { AllowTraffic } from '../network/allow-traffic.ts';
import { Peer } from '../network/peer.ts';
import { Port } from '../network/port.ts';
import { monitoringObject } from './monitoring-object.ts';
import type { ScrapeContext } from './scrape-target.ts';

const ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';
/** What rules and dashboards read; all that cAdvisor and the kubelet know is ten times as much. */
const KEPT = {
  kubelet: 'kubelet_(volume_stats|certificate_manager)_.*|kubelet_node_name',
  cadvisor: 'container_(cpu_usage_seconds_total|memory_working_set_bytes)',
};

/** Kubelets and their cAdvisor. The operator keeps a Service of them in kube-system. */
export function scrapeKubelets(
  name: string,
  nodes: string,
  { namespace, prometheus, dependsOn }: ScrapeContext,
  parent: { readonly parent: pulumi.Resource },
): void {
  new AllowTraffic(
    `${name}-scrape-kubelets`,
    {
      from: [prometheus],
      to: [Peer.cidr(nodes)],
      ports: [Port.tcp(10250)],
      description: 'Prometheus scrapes kubelets and cAdvisor.',
    },
    parent,
  );
  const endpoint = (job: keyof typeof KEPT, path: string) => ({
    port: 'https-metrics',
    scheme: 'https',
    path,
    honorLabels: true,
    bearerTokenFile: `${ACCOUNT}/token`,
    // Kubelets often have certificates of their own making; the token is what identifies us, and
    // only addresses of nodes are reachable.
    tlsConfig: { insecureSkipVerify: true },
    relabelings: [{ targetLabel: 'job', replacement: job }],
    metricRelabelings: [{ sourceLabels: ['__name__'], regex: KEPT[job], action: 'keep' }],
  });
  monitoringObject(
    `${name}-target-kubelets`,
    {
      kind: 'ServiceMonitor',
      objectName: 'kubelets',
      namespace,
      spec: {
        selector: { matchLabels: { 'app.kubernetes.io/name': 'kubelet' } },
        namespaceSelector: { matchNames: ['kube-system'] },
        endpoints: [endpoint('kubelet', '/metrics'), endpoint('cadvisor', '/metrics/cadvisor')],
      },
    },
    { ...parent, dependsOn },
  );
}
