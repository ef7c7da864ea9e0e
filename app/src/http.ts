import { randomUUID } from 'node:crypto';
import { isIP, isIPv6 } from 'node:net';

import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import Fastify, { LogController } from 'fastify';
import type {
  FastifyBaseLogger,
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  RawServerDefault,
} from 'fastify';
import type { IncomingMessage, ServerResponse } from 'node:http';

import { tenantOf } from './authenticate.ts';
import type { Config } from './config.ts';
import type { Health } from './health.ts';
import type { Metrics } from './metrics.ts';
import { Problem, problemBody } from './problem.ts';
import { requestSpan } from './request-span.ts';
import type { SpanExporter } from './span-exporter.ts';
import { traceOf } from './trace.ts';
import { isUnreachable } from './unreachable.ts';

export type Http = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

/** PostgreSQL on text that it cannot keep. What sends it is the client's mistake, not ours. */
const UNSTORABLE = '22021';

const PROBES: ReadonlySet<string> = new Set(['/health', '/ready']);

const HEADERS = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
} as const;

/**
 * The HTTP side that every role shares: headers, identifiers, logs, metrics, errors and health.
 *
 * @param spans - where answered requests go; undefined when nobody collects traces
 */
export function createHttp(
  config: Config,
  health: Health,
  metrics: Metrics,
  spans?: SpanExporter,
): Http {
  const { env } = config;
  const http = Fastify({
    logger: {
      level: env.LOG_LEVEL,
      base: { service: env.SERVICE_NAME, role: config.role },
      // The drivers' errors carry whole rows and statements (`detail`, `where`); these fields do not.
      serializers: {
        err: ({ name, message, code, stack }: Error & { code?: string }) => ({
          type: name,
          message,
          code: code ?? '',
          stack: stack ?? '',
        }),
      },
    },
    // Fastify's own lines carry addresses and whole URLs; ours below carry neither.
    logController: new LogController({ disableRequestLogging: true }),
    trustProxy: trustProxy(env.TRUST_PROXY),
    genReqId: requestId,
    childLoggerFactory: (logger, bindings, options, message) =>
      logger.child({ ...bindings, traceId: traceOf(message).traceId }, options),
    bodyLimit: 65_536,
    requestTimeout: 30_000,
    keepAliveTimeout: 72_000,
    // A request that is already on its way while we close is answered, not refused.
    return503OnClosing: false,
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false } },
    frameworkErrors: (error, request, reply) =>
      answerUnreadable(error.statusCode ?? 400, request, reply as unknown as FastifyReply),
  }).withTypeProvider<TypeBoxTypeProvider>();

  // Fastify reads text as well; here only JSON is a body, and anything else is 415.
  http.removeContentTypeParser('text/plain');
  http.addHook('onRequest', async (request, reply) => {
    reply.headers(HEADERS);
    reply.header('x-request-id', request.id);
    reply.header('x-trace-id', traceOf(request.raw).traceId);
    // What a trusted proxy forwards is recorded as an address, so it has to be one.
    if (!isAddress(request.ip)) throw new Problem(400, 'X-Forwarded-For holds no address.');
  });
  http.addHook('onSend', async (_request, reply) => {
    // Clients that keep their connection learn here that they need a new one, to another process.
    if (health.draining) reply.header('connection', 'close');
  });
  http.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'unknown';
    const ms = Math.round(reply.elapsedTime);
    metrics.observe(request.method, route, reply.statusCode, reply.elapsedTime);
    const line = { method: request.method, route, status: reply.statusCode, ms };
    if (ms > env.SLOW_REQUEST_MS) {
      const url = request.url.split('?', 1)[0];
      request.log.warn(
        { ...line, url, network: network(request.ip), tenantId: tenantOf(request) },
        'slow request',
      );
    } else {
      // Probes come every few seconds and say nothing by themselves.
      request.log[PROBES.has(route) ? 'debug' : 'info'](line, 'request');
    }
    if (traceOf(request.raw).sampled && !PROBES.has(route))
      spans?.add(requestSpan(request, reply, route));
  });

  http.setErrorHandler<Error & { statusCode?: number; validation?: unknown }>(
    (error, request, reply) => {
      let status = error instanceof Problem ? error.status : (error.statusCode ?? 500);
      let detail = error.message;
      if ((error as { code?: string }).code === UNSTORABLE) {
        status = 400;
        detail = 'Text must not contain the character U+0000.';
      }
      if (status >= 500 && !(error instanceof Problem)) {
        request.log.error({ err: error }, 'request failed');
        const away = isUnreachable(error);
        status = away ? 503 : 500;
        detail = away ? 'Not available at the moment.' : 'The request could not be completed.';
        if (away) reply.header('retry-after', 1);
      }
      if (error instanceof Problem && error.retryAfter !== undefined) {
        reply.header('retry-after', error.retryAfter);
      }
      if (status === 401) reply.header('www-authenticate', 'Bearer');
      return reply
        .code(status)
        .type('application/problem+json')
        .send(
          problemBody(
            status,
            detail,
            request.id,
            error instanceof Problem ? error.type : undefined,
          ),
        );
    },
  );
  http.setNotFoundHandler(() => {
    throw new Problem(404, 'There is nothing here.');
  });

  http.get('/health', () => ({ status: 'ok' }));
  http.get('/ready', async (_request, reply) => {
    const readiness = await health.ready();
    const usable = readiness.status === 'ready' || readiness.status === 'degraded';
    return reply.code(usable ? 200 : 503).send(readiness);
  });
  return http;
}

/** An address that cannot be read reaches no route and no hook: the same answer and log line, by hand. */
function answerUnreadable(
  status: number,
  { id, method, log }: Pick<FastifyRequest, 'id' | 'method' | 'log'>,
  reply: FastifyReply,
): void {
  log.info({ method, route: 'unreadable', status }, 'request');
  void reply
    .code(status)
    .headers({ ...HEADERS, 'x-request-id': id })
    .type('application/problem+json')
    .send(problemBody(status, 'The address cannot be read.', id));
}

/** Keeps a caller's identifier when it is harmless in logs and headers. */
function requestId(request: { headers: IncomingMessage['headers'] }): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && /^[A-Za-z0-9._-]{8,64}$/.test(given) ? given : randomUUID();
}

function trustProxy(
  value: string,
): boolean | string[] | ((address: string, hop: number) => boolean) {
  if (value === 'false') return false;
  return /^\d$/.test(value) ? (_address, hop) => hop < Number(value) : value.split(',');
}

/** An address without a zone, which PostgreSQL would not take. */
const isAddress = (text: string): boolean => isIP(text) !== 0 && !text.includes('%');

/** Enough of an address to find a noisy network, too little to name a person. */
function network(address: FastifyRequest['ip']): string {
  if (!isAddress(address)) return 'unknown';
  return isIPv6(address)
    ? `${address.split(':').slice(0, 3).join(':')}::/48`
    : `${address.split('.').slice(0, 3).join('.')}.0/24`;
}
