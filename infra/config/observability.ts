import { z } from 'zod';

import { count, quota, resources } from './groups.ts';
import { metrics } from './metrics.ts';
import { size } from './values.ts';

const agent = z
  .strictObject({ resources: resources('each agent') })
  .describe('The OpenTelemetry Collector on each node.');

const elasticsearch = z.strictObject({
  engine: z
    .literal('elasticsearch')
    .describe('Elasticsearch and Kibana by the ECK operator; snapshots go to S3.'),
  nodes: z
    .union([z.literal(1), z.literal(3)])
    .default(3)
    .describe('Elasticsearch servers. One keeps no copy of any line.'),
  storage: size().describe('Volume of each server. It grows but never shrinks.'),
  resources: resources('each server; half of the memory becomes its heap'),
  kibana: z
    .strictObject({
      replicas: count(1, 10).describe('Kibana pods.'),
      resources: resources('each Kibana pod'),
    })
    .describe('Search in the browser.'),
  retentionDays: count(1, 3650).default(30).describe('Days that a line is kept.'),
  errorRetentionDays: count(1, 3650).default(90).describe('Days that an error is kept.'),
  agent,
});

const victorialogs = z.strictObject({
  engine: z.literal('victorialogs').describe('One small server on one volume, without a backup.'),
  storage: size().describe('Volume of the server.'),
  resources: resources('the server'),
  retentionDays: count(1, 3650).default(7).describe('Days that a line is kept.'),
  agent,
});

const traces = z.discriminatedUnion('backend', [
  z.strictObject({
    backend: z.literal('elasticsearch').describe('Spans lie beside the lines.'),
    replicas: count(1, 10).default(2).describe('Jaeger pods.'),
    retentionDays: count(1, 365).default(14).describe('Days that a trace is kept.'),
    resources: resources('each Jaeger pod'),
  }),
  z.strictObject({
    backend: z.literal('memory').describe('Spans are gone with the one pod that keeps them.'),
    maxTraces: count(1, 1_000_000).default(20_000).describe('Traces that are kept.'),
    resources: resources('the Jaeger pod'),
  }),
]);

/** Settings of the layer `observability`; each part is there only where it is set. */
export const observability = z.strictObject({
  namespaces: z
    .strictObject({
      observability: quota('the stores of logs, metrics and traces'),
      agents: quota('the agents that read each node'),
    })
    .describe('Upper bounds per namespace.'),
  logs: z
    .discriminatedUnion('engine', [elasticsearch, victorialogs])
    .optional()
    .describe('Lines of every container, searchable. Default: they stay on the nodes.'),
  traces: traces.optional().describe('Jaeger, to which the API sends spans. Default: none.'),
  metrics: metrics
    .optional()
    .describe('Prometheus, Alertmanager and Grafana. Default: nothing is measured.'),
});
