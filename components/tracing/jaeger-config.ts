import { Port } from '../network/port.ts';

export const METRICS_PORT = 8888;
export const HEALTH_PORT = 13_133;
/** Its mounted configuration and the certificate of its receiver. */
export const CONFIG = '/etc/jaeger';
export const TLS = '/tls';

/** Where spans are kept. */
export type JaegerBackend =
  | {
      readonly kind: 'elasticsearch';
      /** `https://host:9200`. */
      readonly url: string;
      /** Copies of each span besides the first. */
      readonly copies: number;
    }
  | {
      readonly kind: 'memory';
      /** Traces that are kept; the oldest goes first. */
      readonly maxTraces: number;
    };

/** Configuration of Jaeger 2, which is an OpenTelemetry Collector with a store and a query page. */
export function jaegerConfig(backend: JaegerBackend): object {
  const STORE = 'spans';
  return {
    extensions: {
      healthcheckv2: { use_v2: true, http: { endpoint: `0.0.0.0:${HEALTH_PORT}` } },
      jaeger_query: {
        storage: { traces: STORE },
        http: { endpoint: `0.0.0.0:${Port.jaegerUi.port}` },
        // Only the page is used.
        grpc: { endpoint: '127.0.0.1:16685' },
      },
      jaeger_storage: { backends: { [STORE]: storage(backend) } },
    },
    receivers: {
      otlp: {
        protocols: {
          http: {
            endpoint: `0.0.0.0:${Port.otlpHttp.port}`,
            tls: { cert_file: `${TLS}/tls.crt`, key_file: `${TLS}/tls.key` },
          },
        },
      },
    },
    processors: { batch: {} },
    exporters: { jaeger_storage_exporter: { trace_storage: STORE } },
    service: {
      extensions: ['jaeger_storage', 'jaeger_query', 'healthcheckv2'],
      pipelines: {
        traces: {
          receivers: ['otlp'],
          processors: ['batch'],
          exporters: ['jaeger_storage_exporter'],
        },
      },
      telemetry: {
        resource: { 'service.name': 'jaeger' },
        metrics: {
          readers: [
            { pull: { exporter: { prometheus: { host: '0.0.0.0', port: METRICS_PORT } } } },
          ],
        },
        logs: { encoding: 'json' },
      },
    },
  };
}

function storage(backend: JaegerBackend): object {
  switch (backend.kind) {
    case 'memory':
      return { memory: { max_traces: backend.maxTraces } };
    case 'elasticsearch': {
      // A day per index: the whole of it is deleted when it is old.
      const daily = {
        date_layout: '2006-01-02',
        rollover_frequency: 'day',
        shards: 1,
        replicas: backend.copies,
      };
      return {
        elasticsearch: {
          server_urls: [backend.url],
          auth: {
            basic: { username: variable('STORE_USERNAME'), password: variable('STORE_PASSWORD') },
          },
          tls: { ca_file: `${CONFIG}/ca.crt` },
          indices: { spans: daily, services: daily, dependencies: daily, sampling: daily },
          create_mappings: true,
        },
      };
    }
  }
}

/** What Jaeger replaces by a variable of its environment. */
function variable(name: string): string {
  return `\${env:${name}}`;
}
