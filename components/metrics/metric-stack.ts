import * as pulumi from '@pulumi/pulumi';

import { ConfigError } from '../errors.ts';
import {
  alertmanager,
  ALERTMANAGER_PORT,
  alertmanagerPods,
  checkNotifications,
} from './alertmanager.ts';
import { grafana } from './grafana.ts';
import { scrapeKubelets } from './kubelet-target.ts';
import { kubeStateMetrics } from './kube-state-metrics.ts';
import type { MetricStackArgs } from './metric-stack-args.ts';
import { metricsOperator, operatorPods } from './metrics-operator.ts';
import { monitoringObject } from './monitoring-object.ts';
import { nodeExporter } from './node-exporter.ts';
import { probes } from './probes.ts';
import { prometheus, PROMETHEUS_PORT, prometheusPods } from './prometheus.ts';
import { groupsFor } from './rules/index.ts';
import { rulesOf } from './rules/rule.ts';
import { scrape, type ScrapeTarget } from './scrape-target.ts';
import type { StackContext } from './stack-context.ts';

export type { MetricStackArgs } from './metric-stack-args.ts';

const OPERATOR_PORT = 8080;
/** Jobs of the stack's own parts. */
const OWN_JOBS = [
  'prometheus',
  'alertmanager',
  'prometheus-operator',
  'kube-state-metrics',
  'node-exporter',
  'grafana',
];

/**
 * Prometheus, Alertmanager and Grafana with their operator and exporters: what the platform does, as
 * series, dashboards and alerts.
 */
export class MetricStack extends pulumi.ComponentResource {
  /** Host name of Prometheus inside the cluster, port 9090. Resolves once it is available. */
  readonly prometheusHost: pulumi.Output<string>;
  /** Host name of Grafana inside the cluster, port 3000. */
  readonly grafanaHost: pulumi.Output<string>;
  /** Secret. Password of Grafana's user `admin`. */
  readonly grafanaPassword: pulumi.Output<string>;

  constructor(name: string, args: MetricStackArgs, opts?: pulumi.ComponentResourceOptions) {
    const { notifications, lock, ...shown } = args;
    // All checks come before the first resource: half a stack is worse than none.
    checkNotifications(`${name}.notifications`, notifications);
    checkJobs(`${name}.targets`, args.targets);
    super(
      'saas:metrics:MetricStack',
      name,
      { ...shown, channels: Object.keys(notifications) },
      opts,
    );
    const parent = { parent: this };
    const operator = metricsOperator(name, args, lock, parent);
    const context: StackContext = { name, args, parent, operator };

    const alerts = alertmanager(context);
    const server = prometheus(context, [alerts]);
    const dashboard = grafana(context, server.service.metadata.name);
    const targets = [
      ...ownTargets(context),
      kubeStateMetrics(context),
      nodeExporter(context),
      dashboard.target,
      ...args.targets,
    ];
    const scraping = {
      namespace: args.namespace,
      prometheus: prometheusPods(context),
      dependsOn: [operator],
    };
    for (const target of targets) scrape(name, target, scraping, parent);
    scrapeKubelets(name, args.nodes, scraping, parent);
    const probed = args.probes.urls.length > 0;
    if (probed) probes(context);
    const present = [
      ...targets.map(({ job }) => job),
      ...['kubelet', 'cadvisor', ...(probed ? ['blackbox'] : [])],
      ...(args.installed ?? []),
    ];
    alertRules(context, new Set(present));

    this.prometheusHost = pulumi
      .all([server.service.metadata.name, args.namespace, server.object.metadata.name])
      .apply(([service, namespace]) => `${service}.${namespace}.svc`);
    this.grafanaHost = dashboard.host;
    this.grafanaPassword = dashboard.password;
    this.registerOutputs({
      prometheusHost: this.prometheusHost,
      grafanaHost: this.grafanaHost,
      grafanaPassword: this.grafanaPassword,
    });
  }
}

function ownTargets(context: StackContext): ScrapeTarget[] {
  return [
    { job: 'prometheus', pods: prometheusPods(context), port: PROMETHEUS_PORT },
    { job: 'alertmanager', pods: alertmanagerPods(context), port: ALERTMANAGER_PORT },
    { job: 'prometheus-operator', pods: operatorPods(context.args), port: OPERATOR_PORT },
  ];
}

/** One object per topic, so that a change shows where it is. */
function alertRules({ name, args, parent, operator }: StackContext, present: Set<string>): void {
  for (const group of groupsFor(present)) {
    monitoringObject(
      `${name}-rules-${group.name}`,
      {
        kind: 'PrometheusRule',
        objectName: group.name,
        namespace: args.namespace,
        spec: { groups: [{ name: group.name, rules: rulesOf(group) }] },
      },
      { ...parent, dependsOn: [operator] },
    );
  }
}

function checkJobs(path: string, targets: readonly ScrapeTarget[]): void {
  const jobs = [...OWN_JOBS, ...targets.map(({ job }) => job)];
  const twice = jobs.find((job, index) => jobs.indexOf(job) !== index);
  if (twice !== undefined) throw new ConfigError(path, `the job "${twice}" is there twice.`);
}
