import * as k8s from '@pulumi/kubernetes';

import { disruptionBudget } from '../disruption-budget.ts';
import { labels } from '../labels.ts';
import { AllowTraffic } from '../network/allow-traffic.ts';
import { Peer } from '../network/peer.ts';
import { Port } from '../network/port.ts';
import { spread } from '../spread.ts';
import { volumeClaim } from '../volume-claim.ts';
import { ALERTMANAGER_PORT, alertmanagerPods } from './alertmanager.ts';
import { clusterAccount } from './cluster-account.ts';
import { monitoringObject } from './monitoring-object.ts';
import { POD_SECURITY } from './pod-security.ts';
import { releaseOf } from './release-of.ts';
import type { StackContext } from './stack-context.ts';

export const PROMETHEUS_PORT = 9090;
/** What it reads of the API: where its targets are, and what kubelets know of their containers. */
export const PROMETHEUS_RULES = [
  {
    apiGroups: [''],
    resources: ['nodes', 'services', 'endpoints', 'pods'],
    verbs: ['get', 'list', 'watch'],
  },
  { apiGroups: [''], resources: ['nodes/metrics'], verbs: ['get'] },
];

/** The operator's own labels of the pods. */
export function prometheusPods({ name, args }: StackContext) {
  return Peer.pods(args.namespace, {
    'app.kubernetes.io/name': 'prometheus',
    'app.kubernetes.io/instance': name,
  });
}

/** Prometheus: scrapes every target each 15 seconds and evaluates the rules. */
export function prometheus(
  context: StackContext,
  dependsOn: k8s.apiextensions.CustomResource[],
): { readonly object: k8s.apiextensions.CustomResource; readonly service: k8s.core.v1.Service } {
  const { name, args, parent, operator } = context;
  const { namespace, images } = args;
  const { replicas, resources, storage, retention, retentionSize } = args.prometheus;
  const pods = prometheusPods(context);
  const metadata = { name: `${name}-prometheus`, namespace, labels: labels(name, 'prometheus') };
  const { account } = clusterAccount(context, {
    component: 'prometheus',
    prefix: 'prometheus',
    rules: PROMETHEUS_RULES,
  });
  const traffic = prometheusTraffic(context, pods);
  if (replicas > 1) {
    disruptionBudget(`${name}-prometheus-disruption`, metadata, pods.labels, parent);
  }
  const object = monitoringObject(
    `${name}-prometheus`,
    {
      kind: 'Prometheus',
      objectName: name,
      namespace,
      waitFor: 'condition=Available',
      spec: {
        replicas,
        image: images.prometheus,
        version: releaseOf(`${name}.images.prometheus`, images.prometheus),
        serviceAccountName: account.metadata.name,
        // An absent selector selects nothing, an empty one everything.
        serviceMonitorSelector: {},
        serviceMonitorNamespaceSelector: {},
        podMonitorSelector: {},
        podMonitorNamespaceSelector: {},
        probeSelector: {},
        probeNamespaceSelector: {},
        ruleSelector: {},
        ruleNamespaceSelector: {},
        scrapeInterval: '15s',
        evaluationInterval: '15s',
        retention,
        retentionSize,
        walCompression: true,
        storage: { volumeClaimTemplate: { spec: volumeClaim(storage, args.storageClass) } },
        securityContext: POD_SECURITY,
        resources,
        topologySpreadConstraints: spread(pods.labels),
        alerting: {
          alertmanagers: [{ namespace, name: 'alertmanager-operated', port: 'web' }],
        },
      },
    },
    { ...parent, dependsOn: [operator, ...traffic, ...dependsOn] },
  );
  const service = new k8s.core.v1.Service(
    `${name}-prometheus-service`,
    {
      metadata: { ...metadata, annotations: { 'pulumi.com/skipAwait': 'true' } },
      spec: {
        selector: pods.labels,
        ports: [{ name: 'web', port: PROMETHEUS_PORT }],
        // Replicas differ by a scrape or two: a graph should not jump between them.
        sessionAffinity: 'ClientIP',
      },
    },
    parent,
  );
  return { object, service };
}

function prometheusTraffic(context: StackContext, pods: Peer): AllowTraffic[] {
  const { name, args, parent } = context;
  return [
    new AllowTraffic(
      `${name}-prometheus-api`,
      {
        from: [pods],
        to: [Peer.cidr(args.apiServer.cidr)],
        ports: [Port.tcp(args.apiServer.port)],
        description: 'Prometheus asks the Kubernetes API for its targets.',
      },
      parent,
    ),
    new AllowTraffic(
      `${name}-prometheus-alerts`,
      {
        from: [pods],
        to: [alertmanagerPods(context)],
        ports: [Port.tcp(ALERTMANAGER_PORT)],
        description: 'Prometheus hands alerts to Alertmanager.',
      },
      parent,
    ),
  ];
}
