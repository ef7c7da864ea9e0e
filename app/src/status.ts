import { createHash } from 'node:crypto';

import Type from 'typebox';

import type { Health, Readiness } from './health.ts';
import type { Http } from './http.ts';

const Status = Type.Object({
  service: Type.String(),
  version: Type.String(),
  status: Type.String({ description: 'ready, degraded, not ready or draining' }),
  checks: Type.Record(Type.String(), Type.String(), { description: 'ok or failed' }),
  startedAt: Type.String(),
  uptimeSeconds: Type.Integer(),
});

const STYLE = `
:root { color-scheme: light dark; font: 100%/1.5 system-ui, sans-serif }
body { max-width: 32rem; margin: 0 auto; padding: 1rem }
dl { display: grid; grid-template-columns: 1fr auto; gap: .5rem 1rem; margin: 0 }
dt, dd { margin: 0 }
dd { font-weight: 600; text-align: right }
`;
/** The page of a status may have this one style and nothing else, least of all from elsewhere. */
const POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; frame-ancestors 'none'`;

const WORDS: Readonly<Record<Readiness['status'], string>> = {
  ready: 'Everything works.',
  degraded: 'It works, but not everything does.',
  'not ready': 'It does not work at the moment.',
  draining: 'This process is about to end; another one takes over.',
};

/**
 * `GET /status.json`, and `/status` for people: what works, and since when. Both are 200 whatever
 * they say, for they inform; `/ready` decides. Nothing in them belongs to a tenant.
 */
export function statusRoutes(http: Http, health: Health, service: string, version: string): void {
  const started = new Date(Date.now() - process.uptime() * 1_000).toISOString();
  const read = async () => {
    const { status, checks } = await health.ready();
    const uptimeSeconds = Math.floor(process.uptime());
    return { service, version, status, checks, startedAt: started, uptimeSeconds };
  };
  http.get('/status.json', { schema: { response: { 200: Status } } }, read);
  http.get('/status', async (_request, reply) =>
    reply
      .header('content-security-policy', POLICY)
      .type('text/html; charset=utf-8')
      .send(page(await read())),
  );
}

/** Nothing here needs escaping: every value is one of ours, from a fixed set or a number. */
function page(status: {
  service: string;
  version: string;
  status: Readiness['status'];
  checks: Readiness['checks'];
  startedAt: string;
  uptimeSeconds: number;
}): string {
  const rows = {
    ...status.checks,
    version: status.version,
    'up for': duration(status.uptimeSeconds),
    since: status.startedAt.slice(0, 16).replace('T', ' ') + ' UTC',
  };
  const list = Object.entries(rows).map(([name, value]) => `<dt>${name}</dt><dd>${value}</dd>`);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="30">
<title>${status.service}: ${status.status}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${status.service}: ${status.status}</h1>
<p>${WORDS[status.status]}</p>
<dl>
${list.join('\n')}
</dl>
</body>
</html>
`;
}

function duration(seconds: number): string {
  const [days, hours, minutes] = [86_400, 3_600, 60].map((unit) => Math.floor(seconds / unit));
  if (days) return `${days} d ${(hours ?? 0) % 24} h`;
  if (hours) return `${hours} h ${(minutes ?? 0) % 60} min`;
  return minutes ? `${minutes} min` : `${seconds} s`;
}
