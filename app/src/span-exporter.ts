import type { Metrics } from './metrics.ts';

/** One answered request. */
export interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentId: string | undefined;
  readonly name: string;
  /** When it ended, in milliseconds since 1970, and how long it took. */
  readonly endMs: number;
  readonly durationMs: number;
  readonly failed: boolean;
  readonly attributes: Readonly<Record<string, string | number>>;
}

export interface ExporterOptions {
  /** The receiver without its path, such as `http://collector:4318`. */
  readonly endpoint: string;
  readonly service: string;
  readonly version: string;
}

/** More than this waits for a receiver that does not answer; the rest is dropped and counted. */
const QUEUE = 2_048;
const BATCH = 512;
const EVERY_MS = 1_000;
const TIME_LIMIT_MS = 5_000;
const SERVER = 2;
const ERROR = 2;

/** Sends spans by OTLP/HTTP in JSON, beside the requests: none of them waits for the receiver. */
export class SpanExporter {
  readonly #url: string;
  readonly #resource: object;
  readonly #metrics: Metrics;
  readonly #timer: NodeJS.Timeout;
  #queue: Span[] = [];
  #sending: Promise<boolean> | undefined;
  #stopped = false;

  constructor(options: ExporterOptions, metrics: Metrics) {
    this.#url = `${options.endpoint.replace(/\/+$/, '')}/v1/traces`;
    const attributes = { 'service.name': options.service, 'service.version': options.version };
    this.#resource = { attributes: keyValues(attributes) };
    this.#metrics = metrics;
    this.#timer = setInterval(() => this.#flush(), EVERY_MS).unref();
  }

  add(span: Span): void {
    if (this.#queue.length >= QUEUE) {
      this.#metrics.spansDropped.inc();
      return;
    }
    this.#queue.push(span);
    if (this.#queue.length >= BATCH) this.#flush();
  }

  /** Sends what waits, for as long as the receiver takes it: at most one time limit is lost. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#stopped = true;
    let taken = (await this.#sending) ?? true;
    while (taken && this.#queue.length > 0) {
      this.#flush();
      taken = (await this.#sending) ?? true;
    }
    this.#metrics.spansDropped.inc(this.#queue.length);
  }

  /** One batch at a time: a slow receiver must not gather requests of ours. */
  #flush(): void {
    if (this.#sending !== undefined || this.#queue.length === 0) return;
    const batch = this.#queue.slice(0, BATCH);
    this.#queue = this.#queue.slice(BATCH);
    this.#sending = this.#send(batch).then((sent) => {
      this.#sending = undefined;
      // Not tried again: fresh spans are worth more than the place that old ones would take.
      this.#metrics[sent ? 'spansExported' : 'spansDropped'].inc(batch.length);
      if (!this.#stopped && this.#queue.length >= BATCH) this.#flush();
      return sent;
    });
  }

  async #send(batch: readonly Span[]): Promise<boolean> {
    const spans = batch.map(toOtlp);
    const scopeSpans = [{ scope: { name: 'http' }, spans }];
    try {
      const response = await fetch(this.#url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ resourceSpans: [{ resource: this.#resource, scopeSpans }] }),
        signal: AbortSignal.timeout(TIME_LIMIT_MS),
      });
      // Unread, the answer would keep its connection.
      await response.arrayBuffer();
      return response.ok;
    } catch {
      return false;
    }
  }
}

function toOtlp(span: Span): object {
  const end = BigInt(Math.round(span.endMs * 1_000)) * 1_000n;
  const start = end - BigInt(Math.round(span.durationMs * 1_000)) * 1_000n;
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    ...(span.parentId === undefined ? {} : { parentSpanId: span.parentId }),
    name: span.name,
    kind: SERVER,
    startTimeUnixNano: String(start),
    endTimeUnixNano: String(end),
    attributes: keyValues(span.attributes),
    status: span.failed ? { code: ERROR } : {},
  };
}

function keyValues(values: Readonly<Record<string, string | number>>): object[] {
  return Object.entries(values).map(([key, value]) => ({
    key,
    // OTLP writes 64-bit integers as text.
    value: typeof value === 'string' ? { stringValue: value } : { intValue: String(value) },
  }));
}
