import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from '@jest/globals';

import { ACCOUNTS } from '../support/app.ts';
import { eventually, freePort, run } from '../support/process.ts';
import { startReady } from '../support/start-ready.ts';
import type { World } from '../support/world.ts';

export function statusCases(world: World): void {
  const { servers } = world;
  const { version } = JSON.parse(readFileSync(join(process.cwd(), 'app/package.json'), 'utf8')) as {
    version: string;
  };

  /** A check on a busy machine may take longer than its half second; the next one counts. */
  const healthy = () =>
    eventually(async () => {
      const { body } = await world.api.get('/status.json');
      expect(body['checks']).toMatchObject({ postgres: 'ok', redis: 'ok' });
    });

  test('anybody can see what works, which version runs and since when', async () => {
    await healthy();
    const { status, body } = await world.api.get('/status.json');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      ...{ service: 'api', version, status: expect.stringMatching(/^(ready|degraded)$/) },
      checks: { postgres: 'ok', redis: 'ok', documents: expect.stringMatching(/^(ok|failed)$/) },
    });
    const uptime = Number(body['uptimeSeconds']);
    expect(uptime).toBeGreaterThan(0);
    expect(
      Math.abs(Date.now() - Date.parse(String(body['startedAt'])) - uptime * 1e3),
    ).toBeLessThan(2_500);
  });

  test('the status page says the same in words, fits a phone, and loads nothing from anywhere', async () => {
    await healthy();
    const response = await fetch(`http://localhost:${world.api.port}/status`);
    const html = await response.text();
    expect([response.status, response.headers.get('content-type')]).toEqual([
      200,
      'text/html; charset=utf-8',
    ]);
    expect(html).toMatch(/<h1>api: (ready|degraded)<\/h1>/);
    expect(html).toContain('<dt>postgres</dt><dd>ok</dd>');
    expect(html).toContain(`<dt>version</dt><dd>${version}</dd>`);
    expect(html).toContain('<meta name="viewport" content="width=device-width, initial-scale=1">');
    expect(html).not.toMatch(/https?:|src=|href=|@import|url\(|<script/i);
    // The policy lets in this style by its digest; a digest of another text would leave it bare.
    const style = /<style>([^]*)<\/style>/.exec(html)?.[1] ?? '';
    const digest = createHash('sha256').update(style).digest('base64');
    expect(response.headers.get('content-security-policy')).toBe(
      `default-src 'none'; style-src 'sha256-${digest}'; frame-ancestors 'none'`,
    );
  });

  test('the status names no tenant, no user and no address of a server', async () => {
    const html = await (await fetch(`http://localhost:${world.api.port}/status`)).text();
    const text = html + JSON.stringify((await world.api.get('/status.json')).body);
    const secrets = [
      ...Object.values(ACCOUNTS).flatMap(({ slug, email }) => [slug, email]),
      ...servers.redisNodes.split(','),
      ...['localhost', servers.password],
    ];
    expect(secrets.filter((secret) => new RegExp(`\\b${secret}\\b`).test(text))).toEqual([]);
  });

  test('the status tells what is missing', async () => {
    const api = await startReady(servers, {
      MONGO_URL: `mongodb://localhost:${await freePort()}`,
    });
    try {
      expect((await api.get('/status.json')).body).toMatchObject({
        status: 'degraded',
        checks: { postgres: 'ok', redis: 'ok', documents: 'failed' },
      });
      const html = await (await fetch(`http://localhost:${api.port}/status`)).text();
      expect(html).toContain('It works, but not everything does.');
      expect(html).toContain('<dt>documents</dt><dd>failed</dd>');
    } finally {
      await api.process.stop();
    }
  });

  test('the documentation of the environment is what the program checks', async () => {
    await run(process.execPath, [join(process.cwd(), 'app/config-docs.ts'), '--check']);
  });
}
