import { STATUS_CODES } from 'node:http';

/** An answer other than success, in the form of RFC 9457. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly status: number;
  /** Whole seconds after which a retry makes sense; becomes `Retry-After`. */
  readonly retryAfter: number | undefined;
  /** A URI by which a client knows this problem from others of the same status. */
  readonly type: string;

  constructor(status: number, detail: string, retryAfter?: number, type = 'about:blank') {
    super(detail);
    this.status = status;
    this.retryAfter = retryAfter;
    this.type = type;
  }
}

export function problemBody(
  status: number,
  detail: string,
  requestId: string,
  type = 'about:blank',
): object {
  return {
    type,
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail,
    instance: `urn:request:${requestId}`,
  };
}
