/**
 * How the drivers say that the other side is away, restarting or too slow; codes of class 08 are
 * PostgreSQL's connection failures and all that PgBouncer says by itself.
 */
const AWAY =
  /^08...\b|ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EPIPE|timeout|timed out|terminated|starting up|shutting down|57014|57P0[123]|53300|enableOfflineQueue|Connection is closed|CLUSTERDOWN|MOVED|ASK |TRYAGAIN|LOADING|startup nodes|max retries/i;

/** True for a failure of a dependency that may be over in a moment: worth a 503 and another try. */
export function isUnreachable(error: unknown): boolean {
  const { code, message } = error as { code?: unknown; message?: unknown };
  return AWAY.test(`${String(code)} ${String(message)}`);
}
