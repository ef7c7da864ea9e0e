import type { FastifyReply, FastifyRequest } from 'fastify';

import { tenantOf } from './authenticate.ts';
import type { Span } from './span-exporter.ts';
import { traceOf } from './trace.ts';

/** The span of an answered request. It names route and tenant, never the path, a user or an address. */
export function requestSpan(request: FastifyRequest, reply: FastifyReply, route: string): Span {
  const { traceId, spanId, parentId } = traceOf(request.raw);
  const tenant = tenantOf(request);
  return {
    ...{ traceId, spanId, parentId },
    name: `${request.method} ${route}`,
    endMs: performance.timeOrigin + performance.now(),
    durationMs: reply.elapsedTime,
    failed: reply.statusCode >= 500,
    attributes: {
      'http.request.method': request.method,
      'http.route': route,
      'http.response.status_code': reply.statusCode,
      'request.id': request.id,
      ...(tenant === undefined ? {} : { 'tenant.id': tenant }),
    },
  };
}
