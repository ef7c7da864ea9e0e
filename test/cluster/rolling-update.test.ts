import { expect, test } from '@jest/globals';

import { SteadyLoad, tally } from './steady-load.ts';
import { ok, outputs, pods } from './support.ts';

const API = 'app.kubernetes.io/name=api';

test('a rolling update under 50 keep-alive connections fails no request', async () => {
  const { url } = (await outputs()) as { url: string };
  const before = await pods('saas-app', API);
  const load = new SteadyLoad(`${url}/health`, { connections: 50, pauseMs: 500 });
  await ok('kubectl rollout restart deployment/api -n saas-app');
  await ok('kubectl rollout status deployment/api -n saas-app --timeout=120s', 130);
  // The old pods end only after the new ones are ready; they must not take a request with them.
  await ok(
    `kubectl wait --for=delete -n saas-app --timeout=60s ${before.map(({ metadata }) => `pod/${metadata.name}`).join(' ')}`,
    70,
  );
  const outcomes = await load.stop();
  console.log(`rolling update under 50 connections: ${JSON.stringify(tally(outcomes))}`);
  expect(outcomes.length).toBeGreaterThan(50);
  expect(tally(outcomes)).toEqual({ 200: outcomes.length });
}, 240_000);
