import { expect, test } from '@jest/globals';

import { Metrics } from '../../src/metrics.ts';
import { SpanExporter } from '../../src/span-exporter.ts';
import { Collector } from '../support/collector.ts';
import { logLines } from '../support/log-lines.ts';
import { eventually } from '../support/process.ts';
import { startReady } from '../support/start-ready.ts';
import type { World } from '../support/world.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const PARENT = 'b7ad6b7169203331';

export function traceCases(world: World): void {
  const { servers } = world;

  test('a request joins its caller’s trace: in the answer, in the log and at the collector', async () => {
    const collector = await Collector.start();
    const api = await startReady(servers, { OTLP_ENDPOINT: collector.url });
    try {
      const { token, userId } = world.user('acme');
      const read = (traceparent: string) =>
        api.get(`/v1/users/${userId}`, token, { traceparent, 'x-forwarded-for': '192.0.2.249' });
      const unwanted = 'c'.repeat(32);
      await read(`00-${unwanted}-${PARENT}-00`);
      const before = BigInt(Date.now()) * 1_000_000n;
      const { headers } = await read(`00-${TRACE}-${PARENT}-01`);
      expect(headers.get('x-trace-id')).toBe(TRACE);
      const requestId = headers.get('x-request-id') ?? '';
      await eventually(async () => {
        expect(collector.spans.map(({ traceId }) => traceId)).toContain(TRACE);
        expect(logLines(api.process)).toContainEqual(
          expect.objectContaining({ reqId: requestId, traceId: TRACE }),
        );
        return Promise.resolve();
      });
      expect(collector.problems).toEqual([]);
      expect(collector.resources[0]).toEqual({
        attributes: [
          { key: 'service.name', value: { stringValue: 'api' } },
          { key: 'service.version', value: { stringValue: expect.stringMatching(/^\d+\.\d+/) } },
        ],
      });
      const span = collector.spans.find(({ traceId }) => traceId === TRACE);
      expect(span).toEqual({
        traceId: TRACE,
        spanId: expect.stringMatching(/^[0-9a-f]{16}$/),
        parentSpanId: PARENT,
        name: 'GET /v1/users/:id',
        kind: 2,
        startTimeUnixNano: expect.stringMatching(/^\d{19}$/),
        endTimeUnixNano: expect.stringMatching(/^\d{19}$/),
        status: {},
        attributes: [
          { key: 'http.request.method', value: { stringValue: 'GET' } },
          { key: 'http.route', value: { stringValue: '/v1/users/:id' } },
          { key: 'http.response.status_code', value: { intValue: '200' } },
          { key: 'request.id', value: { stringValue: requestId } },
          { key: 'tenant.id', value: { stringValue: await world.tenantId('acme') } },
        ],
      });
      expect(span?.spanId).not.toBe(PARENT);
      const [start, end] = [span?.startTimeUnixNano, span?.endTimeUnixNano].map((time) =>
        BigInt(time ?? 0),
      );
      expect((end ?? 0n) > (start ?? 0n) && (start ?? 0n) > before - 50_000_000n).toBe(true);
      // Who says that it is not to be recorded is not.
      expect(collector.spans.map(({ traceId }) => traceId)).not.toContain(unwanted);
    } finally {
      await api.process.stop();
      collector.stop();
    }
  });

  test('without a valid trace of a caller every request begins its own', async () => {
    const seen = new Set<string>();
    const given = [
      '',
      'nonsense',
      `00-${TRACE}-${PARENT}`,
      `00-${TRACE.toUpperCase()}-${PARENT}-01`,
      `00-${'0'.repeat(32)}-${PARENT}-01`,
      `00-${TRACE}-${'0'.repeat(16)}-01`,
      `ff-${TRACE}-${PARENT}-01`,
      `00-${TRACE}-${PARENT}-01-more`,
    ];
    for (const traceparent of given) {
      const { headers } = await world.api.get('/health', undefined, { traceparent });
      const traceId = headers.get('x-trace-id') ?? '';
      expect([traceparent, traceId]).toEqual([
        traceparent,
        expect.stringMatching(/^(?!0{32})[0-9a-f]{32}$/),
      ]);
      expect(traceId).not.toBe(TRACE);
      seen.add(traceId);
    }
    expect(seen.size).toBe(given.length);
    // A later version of the standard may say more; what is known of it is used.
    const { headers } = await world.api.get('/health', undefined, {
      traceparent: `01-${TRACE}-${PARENT}-01-more`,
    });
    expect(headers.get('x-trace-id')).toBe(TRACE);
  });

  test('the last spans are sent before a process ends', async () => {
    const collector = await Collector.start();
    const api = await startReady(servers, { OTLP_ENDPOINT: `${collector.url}/` });
    try {
      const { headers } = await api.get('/nothing');
      expect(await api.process.stop()).toBe(0);
      expect(collector.spans.map(({ traceId }) => traceId)).toEqual([headers.get('x-trace-id')]);
    } finally {
      await api.process.stop();
      collector.stop();
    }
  });

  test('a collector that does not answer delays no request and no end, and what it missed is counted', async () => {
    const collector = await Collector.start(true);
    const api = await startReady(servers, { OTLP_ENDPOINT: collector.url });
    try {
      for (let round = 0; round < 10; round += 1) {
        const started = performance.now();
        await Promise.all(Array.from({ length: 10 }, () => api.get('/nothing')));
        // The time limit of the collector is 5 s: nobody waits for that.
        expect(performance.now() - started).toBeLessThan(4_000);
      }
      await eventually(async () => {
        const metrics = await api.metrics();
        expect(metrics).toMatch(/^trace_spans_dropped_total [1-9]\d*$/m);
        expect(metrics).toMatch(/^trace_spans_exported_total 0$/m);
      });
    } finally {
      expect(await api.process.stop()).toBe(0);
      collector.stop();
    }
  });

  test('spans that wait for a collector have a limit: the rest is dropped and counted, not kept', async () => {
    const collector = await Collector.start(true);
    const metrics = new Metrics('api');
    const exporter = new SpanExporter(
      { endpoint: collector.url, service: 'api', version: '1' },
      metrics,
    );
    const span = { traceId: TRACE, spanId: PARENT, parentId: undefined, name: 'x', endMs: 1 };
    for (let index = 0; index < 10_000; index += 1) {
      exporter.add({ ...span, durationMs: 1, failed: false, attributes: {} });
    }
    // One batch of 512 is on its way and 2,048 wait.
    expect((await metrics.spansDropped.get()).values).toEqual([
      { labels: {}, value: 10_000 - 512 - 2_048 },
    ]);
    collector.stop();
    await exporter.stop();
    expect((await metrics.spansDropped.get()).values[0]?.value).toBe(10_000);
  });
}
