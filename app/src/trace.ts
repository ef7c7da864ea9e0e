import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Where a request belongs in a trace, after W3C Trace Context. */
export interface Trace {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** The span of this request: 16 hexadecimal digits. */
  readonly spanId: string;
  /** The caller's span; undefined when the trace begins here. */
  readonly parentId: string | undefined;
  /** False when the caller asks not to record. */
  readonly sampled: boolean;
}

const traces = new WeakMap<IncomingMessage, Trace>();

/** The trace of a request: the caller's, or a new one when it sent none or one that is not valid. */
export function traceOf(message: IncomingMessage): Trace {
  let trace = traces.get(message);
  if (trace === undefined) {
    trace = readTrace(message.headers['traceparent']);
    traces.set(message, trace);
  }
  return trace;
}

function readTrace(header: string | string[] | undefined): Trace {
  const spanId = randomBytes(8).toString('hex');
  const [, version, traceId = '', parentId = '', flags = ''] =
    /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?$/.exec(
      typeof header === 'string' ? header : '',
    ) ?? [];
  const valid = version !== undefined && version !== 'ff' && !isZero(traceId) && !isZero(parentId);
  // Version 00 has exactly four parts; later ones may add some, which are left alone.
  if (!valid || (version === '00' && header?.length !== 55)) {
    return { traceId: randomBytes(16).toString('hex'), spanId, parentId: undefined, sampled: true };
  }
  return { traceId, spanId, parentId, sampled: (parseInt(flags, 16) & 1) === 1 };
}

function isZero(id: string): boolean {
  return /^0*$/.test(id);
}
