import type { LogSink } from './log-sink.ts';

/** Where the agent keeps what it has read and not yet delivered: on the disk of its node. */
export const STATE = '/var/lib/otelcol';
/** Its mounted configuration. */
export const CONFIG = '/etc/otelcol';
export const METRICS_PORT = 8888;
export const HEALTH_PORT = 13_133;

/** Kinds of lines. Each is a data stream of its own in Elasticsearch, `logs-<kind>.otel-default`. */
export const LOG_KINDS = ['application', 'access', 'error', 'system'] as const;
export type LogKind = (typeof LOG_KINDS)[number];

export interface CollectorConfigArgs {
  readonly protocol: LogSink['protocol'];
  readonly endpoint: string;
  /** Namespaces of the pods whose lines are those of the application and of the edge. */
  readonly sources: { readonly application: string; readonly edge: string };
  /** Folder below `/var/log/pods` of the agent's own lines, a glob: reading them never ends. */
  readonly own: string;
}

/**
 * Configuration of the OpenTelemetry Collector as the agent of a node. No line is dropped while the
 * store is away: the queue lies on disk, and when it is full the files are read later.
 */
export function collectorConfig(args: CollectorConfigArgs): object {
  const [exporter, settings] = exporterOf(args);
  return {
    extensions: {
      health_check: { endpoint: `0.0.0.0:${HEALTH_PORT}` },
      file_storage: {
        directory: STATE,
        // What was delivered gives its place back to the node.
        compaction: { on_start: true, on_rebound: true, directory: STATE, cleanup_on_start: true },
      },
    },
    receivers: { filelog: receiver(args) },
    processors: {
      memory_limiter: { check_interval: '1s', limit_percentage: 80, spike_limit_percentage: 20 },
    },
    exporters: { [exporter]: settings },
    service: {
      extensions: ['health_check', 'file_storage'],
      pipelines: {
        logs: { receivers: ['filelog'], processors: ['memory_limiter'], exporters: [exporter] },
      },
      telemetry: { logs: { encoding: 'json' }, metrics: { readers: [{ pull: ownMetrics() }] } },
    },
  };
}

function receiver({ sources, own }: CollectorConfigArgs) {
  return {
    include: ['/var/log/pods/*/*/*.log'],
    exclude: [`/var/log/pods/${own}/*/*.log`],
    // Lines that were written before the agent started count too.
    start_at: 'beginning',
    include_file_path: true,
    // A long line comes in parts, each of which may begin or end with a space.
    preserve_leading_whitespaces: true,
    preserve_trailing_whitespaces: true,
    storage: 'file_storage',
    retry_on_failure: { enabled: true, max_elapsed_time: '0s' },
    operators: [
      // Undoes the format of the container runtime; names of pod and container come from the path.
      { type: 'container' },
      {
        type: 'json_parser',
        if: 'body startsWith "{"',
        parse_from: 'body',
        parse_to: 'attributes',
        parse_ints: true,
        on_error: 'send_quiet',
      },
      {
        type: 'severity_parser',
        if: 'attributes.level != nil',
        parse_from: 'attributes.level',
        // The numbers of pino; names are known without. Both are shown as names.
        mapping: { trace: 10, debug: 20, info: 30, warn: 40, error: 50, fatal: 60 },
        overwrite_text: true,
        on_error: 'send_quiet',
      },
      {
        type: 'move',
        if: 'type(attributes.msg) == "string" and attributes.msg != ""',
        from: 'attributes.msg',
        to: 'body',
        on_error: 'send_quiet',
      },
      ...kindOperators(sources),
    ],
  };
}

/** Later ones win: an error of the application is kept among the errors. */
function kindOperators({ application, edge }: CollectorConfigArgs['sources']) {
  const kind = (value: LogKind, condition?: string) => ({
    type: 'add',
    field: 'attributes["data_stream.dataset"]',
    value,
    ...(condition === undefined ? {} : { if: condition }),
  });
  const from = (namespace: string) => `resource["k8s.namespace.name"] == "${namespace}"`;
  // A dollar sign would begin a variable of the Collector, so it is doubled.
  const failed = '^(50|60|error|fatal|panic|critical|alert|emergency)$$';
  return [
    kind('system'),
    kind('application', from(application)),
    kind('access', `${from(edge)} and attributes.RequestMethod != nil`),
    kind(
      'error',
      `attributes.level != nil and lower(string(attributes.level)) matches "${failed}"`,
    ),
  ];
}

function exporterOf({ protocol, endpoint }: CollectorConfigArgs): [string, object] {
  const shared = {
    tls: { ca_file: `${CONFIG}/ca.crt` },
    sending_queue: {
      storage: 'file_storage',
      // Requests of at most a hundred lines: up to a million lines wait, some hundred megabytes.
      queue_size: 10_000,
      block_on_overflow: true,
      batch: { flush_timeout: '1s', sizer: 'items', min_size: 1_000, max_size: 5_000 },
    },
  };
  switch (protocol) {
    case 'elasticsearch':
      return [
        'elasticsearch',
        {
          ...shared,
          endpoints: [endpoint],
          user: variable('LOGS_USERNAME'),
          password: variable('LOGS_PASSWORD'),
          retry: {
            enabled: true,
            // The exporter knows no "for ever"; with a minute between them this is two years.
            max_retries: 1_000_000,
            max_interval: '1m',
            retry_on_status: [401, 403, 429, 500, 502, 503, 504],
          },
        },
      ];
    case 'otlp':
      return [
        'otlphttp',
        {
          ...shared,
          logs_endpoint: endpoint,
          headers: {
            Authorization: variable('LOGS_AUTHORIZATION'),
            // Else every attribute of a pod would be part of what makes a stream.
            'VL-Stream-Fields': 'k8s.namespace.name,k8s.pod.name,k8s.container.name',
          },
          retry_on_failure: { enabled: true, max_interval: '1m', max_elapsed_time: '0s' },
        },
      ];
  }
}

/** What the Collector replaces by a variable of its environment. */
function variable(name: string): string {
  return `\${env:${name}}`;
}

function ownMetrics() {
  // The names without suffixes are those that dashboards and alerts know.
  const prometheus = {
    host: '0.0.0.0',
    port: METRICS_PORT,
    without_type_suffix: true,
    without_units: true,
    without_scope_info: true,
  };
  return { exporter: { prometheus } };
}
