import { z } from 'zod';

import { count, resources, text } from './groups.ts';
import { cidr, image, size } from './values.ts';

const images = z.strictObject({
  prometheusOperator: image().describe('Prometheus operator.'),
  configReloader: image().describe("The operator's sidecar that reloads configurations."),
  prometheus: image().describe('Prometheus; its tag is its release.'),
  alertmanager: image().describe('Alertmanager; its tag is its release.'),
  kubeStateMetrics: image().describe('kube-state-metrics.'),
  nodeExporter: image().describe('node_exporter.'),
  blackboxExporter: image().describe('blackbox_exporter, which probes the public hosts.'),
  grafana: image().describe('Grafana.'),
  redisExporter: image().describe('redis_exporter, beside every Redis node.'),
});

const notifications = z
  .strictObject({
    email: z
      .strictObject({
        smarthost: z
          .string()
          .regex(/^[^:\s]+:\d{1,5}$/, 'must be "host:port".')
          .describe('Mail server with TLS, "host:port".'),
        from: z.email().describe('Sender.'),
        to: z.array(z.email()).min(1).describe('Who is told.'),
        username: text()
          .optional()
          .describe('Login; its secret is alertEmailPassword. Default: the server asks for none.'),
      })
      .optional()
      .describe('Mail.'),
    slack: z
      .strictObject({ channel: text().describe('Channel such as "#alerts".') })
      .optional()
      .describe('Slack; its secret is alertSlackUrl.'),
    webhook: z
      .boolean()
      .default(false)
      .describe("Alertmanager's JSON to the secret alertWebhookUrl, such as an SMS gateway."),
    wecom: z
      .strictObject({
        corpId: text().describe('Company.'),
        agentId: text().describe('Application.'),
        toUser: text().describe('Users divided by "|", or "@all".'),
      })
      .optional()
      .describe('WeCom; its secret is alertWecomSecret.'),
    deadMan: z
      .boolean()
      .default(false)
      .describe('Calls the secret alertDeadManUrl each minute while alerts work.'),
  })
  .describe('Channels; each gets every alert. Secrets: pulumi config set --secret <name>.');

/** Settings of Prometheus, Alertmanager and Grafana. */
export const metrics = z.strictObject({
  images: images.describe('Images by name and tag; the lock file adds the digest.'),
  nodes: cidr().describe('Network of the nodes, where kubelets answer.'),
  prometheus: z
    .strictObject({
      replicas: count(1, 3).describe('Each scrapes everything, so that one may fail.'),
      retention: z
        .string()
        .regex(/^\d+[hdw]$/, 'must be a duration such as "15d".')
        .describe('How long series are kept.'),
      retentionSize: z
        .string()
        .regex(/^\d+(MB|GB|TB)$/, 'must be a size such as "40GB".')
        .describe('Series on disk at most; less than the volume.'),
      storage: size().describe('Volume of each replica.'),
      resources: resources('each replica'),
    })
    .describe('Prometheus.'),
  alertmanager: z
    .strictObject({
      replicas: count(1, 5).describe('Three agree even when one is cut off.'),
      storage: size().describe('Volume of each replica.'),
    })
    .describe('Alertmanager.'),
  notifications,
});

export type MetricsSettings = z.output<typeof metrics>;
