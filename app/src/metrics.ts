import { createServer } from 'node:http';
import type { Server } from 'node:http';

import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** The metrics of one process. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #service: string;
  readonly #requests: Counter<'service' | 'method' | 'route' | 'status'>;
  readonly #seconds: Histogram<'service' | 'method' | 'route'>;
  readonly auditRelayed: Counter;
  readonly auditUnsent: Gauge;
  readonly requestsShed: Counter;
  readonly loopDelay: Gauge;
  readonly loopUtilisation: Gauge;
  readonly cacheRequests: Counter<'result'>;
  readonly cacheLoads: Counter;
  readonly eventsPublished: Counter;
  readonly eventsHandled: Counter<'outcome'>;
  readonly eventsWaiting: Gauge;
  readonly securityEvents: Counter<'action'>;
  readonly spansExported: Counter;
  readonly spansDropped: Counter;

  constructor(service: string) {
    this.#service = service;
    const registers = [this.#registry];
    collectDefaultMetrics({ register: this.#registry });
    this.#requests = new Counter({
      name: 'http_requests_total',
      help: 'Answered requests.',
      labelNames: ['service', 'method', 'route', 'status'],
      registers,
    });
    this.#seconds = new Histogram({
      name: 'http_request_duration_seconds',
      help: 'Time from the first byte of the request to the end of the answer.',
      labelNames: ['service', 'method', 'route'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
      registers,
    });
    this.auditRelayed = new Counter({
      name: 'audit_events_relayed_total',
      help: 'Audit events written to the document store.',
      registers,
    });
    this.auditUnsent = new Gauge({
      name: 'audit_outbox_unsent',
      help: 'Audit events that wait for the document store.',
      registers,
    });
    this.requestsShed = new Counter({
      name: 'http_requests_shed_total',
      help: 'Requests refused with 503 because the process was overloaded.',
      registers,
    });
    this.loopDelay = new Gauge({
      name: 'event_loop_delay_seconds',
      help: 'Delay that a request met in the last second.',
      registers,
    });
    this.loopUtilisation = new Gauge({
      name: 'event_loop_utilisation_ratio',
      help: 'Share of the last second that the event loop was busy.',
      registers,
    });
    this.cacheRequests = new Counter({
      name: 'cache_requests_total',
      help: 'Looks into the cache: hit, miss, or unavailable without Redis.',
      labelNames: ['result'],
      registers,
    });
    this.cacheLoads = new Counter({
      name: 'cache_loads_total',
      help: 'Loads for the cache; far fewer than misses when many ask at once.',
      registers,
    });
    this.eventsPublished = new Counter({
      name: 'events_published_total',
      help: 'Events taken from an outbox to a stream.',
      registers,
    });
    this.eventsHandled = new Counter({
      name: 'events_handled_total',
      help: 'Events by outcome: done, failed (to be tried again), repeated (known) or dead.',
      labelNames: ['outcome'],
      registers,
    });
    this.eventsWaiting = new Gauge({
      name: 'events_waiting',
      help: 'Events in the streams that nobody has finished yet.',
      registers,
    });
    this.securityEvents = new Counter({
      name: 'security_events_total',
      help: 'Locked accounts and tokens that came back after their refresh.',
      labelNames: ['action'],
      registers,
    });
    this.spansExported = new Counter({
      name: 'trace_spans_exported_total',
      help: 'Spans that the OTLP receiver has taken.',
      registers,
    });
    this.spansDropped = new Counter({
      name: 'trace_spans_dropped_total',
      help: 'Spans lost: the queue was full or the OTLP receiver did not take them.',
      registers,
    });
  }

  /** `route` is the pattern, not the path: a label per identifier would never end. */
  observe(method: string, route: string, status: number, milliseconds: number): void {
    const service = this.#service;
    this.#requests.inc({ service, method, route, status: String(status) });
    this.#seconds.observe({ service, method, route }, milliseconds / 1_000);
  }

  /** Serves `/metrics` on a port of its own, which no ingress reaches. */
  listen(port: number): Server {
    return createServer((request, response) => {
      if (request.url !== '/metrics') {
        response.writeHead(404).end();
        return;
      }
      this.#registry.metrics().then(
        (text) => response.writeHead(200, { 'content-type': this.#registry.contentType }).end(text),
        () => response.writeHead(500).end(),
      );
    }).listen(port);
  }
}
