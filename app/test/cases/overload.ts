import { setTimeout as sleep } from 'node:timers/promises';

import { afterAll, beforeAll, expect, test } from '@jest/globals';

import type { App } from '../support/app.ts';
import { logLines } from '../support/log-lines.ts';
import { eventually } from '../support/process.ts';
import { startReady } from '../support/start-ready.ts';
import type { World } from '../support/world.ts';

const BUSY_MS = 5_000;
/** On SIGWINCH the process has more work than time: turns of 700 ms, one after the other. */
const BUSY = `
process.on('SIGWINCH', () => {
  const end = Date.now() + ${BUSY_MS};
  const turn = () => {
    const until = Date.now() + 700;
    while (Date.now() < until);
    if (Date.now() < end) setImmediate(turn);
  };
  turn();
});
`;

export function overloadCases(world: World): void {
  const { servers } = world;
  let api: App;
  const read = () => {
    const { token, userId } = world.user('acme');
    return api.get(`/v1/users/${userId}`, token);
  };

  beforeAll(async () => {
    const NODE_OPTIONS = `--import ${servers.file('busy.mjs', BUSY)}`;
    api = await startReady(servers, { NODE_OPTIONS, SLOW_REQUEST_MS: '1' });
  }, 60_000);
  afterAll(() => api.process.stop());

  test('a process that cannot keep up refuses with 503 and a time to come back, stays alive for its probes, and recovers', async () => {
    expect((await read()).status).toBe(200);
    api.process.signal('SIGWINCH');
    await sleep(2_500);
    const refused = await Promise.all([read(), read(), api.get('/v1/none'), api.login(NOBODY)]);
    for (const { status, headers, body } of refused) {
      expect([status, headers.get('retry-after')]).toEqual([503, '1']);
      expect(body['detail']).toBe('Too much to do at the moment. Try again.');
    }
    // While it is refusing: the one who restarts processes must not make it worse.
    const [health, page, metrics] = await Promise.all([
      api.get('/health'),
      api.get('/status.json'),
      api.metrics(),
    ]);
    expect([health.status, page.status]).toEqual([200, 200]);
    expect(metrics).toMatch(/^http_requests_shed_total [4-9]$/m);
    expect((await api.get('/ready')).body).not.toMatchObject({
      detail: 'Too much to do at the moment. Try again.',
    });
    await eventually(async () => expect((await read()).status).toBe(200));
    expect((await read()).status).toBe(200);
  });

  test('a process that was only paused serves at once, without refusing anybody', async () => {
    for (let round = 0; round < 3; round += 1) {
      // The last answer is here before its turn is over, and a pause inside a turn counts as work.
      await sleep(100);
      api.process.signal('SIGSTOP');
      await sleep(1_500);
      api.process.signal('SIGCONT');
      // Over the moment at which the pause is measured.
      for (let index = 0; index < 12; index += 1) {
        expect((await read()).status).toBe(200);
        await sleep(100);
      }
    }
  });

  test('a slow request is told with its route, time, request, trace and tenant, and nothing about a person', async () => {
    const { headers } = await read();
    const reqId = headers.get('x-request-id');
    await eventually(async () => {
      const lines = logLines(api.process).filter((line) => line['reqId'] === reqId);
      expect(lines).toEqual([
        {
          ...{ level: 40, msg: 'slow request', service: 'api', role: 'api', method: 'GET' },
          ...{ route: '/v1/users/:id', status: 200, reqId, traceId: headers.get('x-trace-id') },
          time: expect.any(Number),
          ms: expect.any(Number),
          tenantId: await world.tenantId('acme'),
          // The path names a user by number only, and the network has no host in it.
          url: `/v1/users/${world.user('acme').userId}`,
          network: expect.stringMatching(/^(127\.0\.0\.0\/24|[0-9a-f:]*::?\/48|::ffff.*)$/),
        },
      ]);
    });
  });
}

const NOBODY = { slug: 'acme', email: 'nobody@acme.test', password: 'x' };
