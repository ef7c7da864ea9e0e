import { setTimeout as sleep } from 'node:timers/promises';

import { expect, test } from '@jest/globals';

import { App } from '../support/app.ts';
import type { World } from '../support/world.ts';

/** Waits until the current minute has room for a burst, so that no window ends inside it. */
async function earlyInTheMinute(): Promise<void> {
  const second = (Date.now() / 1_000) % 60;
  if (second > 55) await sleep((60 - second) * 1_000);
}

export function limitCases(world: World): void {
  test('a user gets exactly the allowed requests, in bursts and from several processes, and is told when to come back', async () => {
    const env = { RATE_LIMIT_PER_MINUTE: '40' };
    const apis = await Promise.all([0, 1].map(() => App.start(world.servers, 'api', env)));
    try {
      const { token, userId } = world.user('bursting');
      await earlyInTheMinute();
      const answers = await Promise.all(
        Array.from({ length: 60 }, (_, index) =>
          (apis[index % 2] as App).get(`/v1/users/${userId}`, token),
        ),
      );
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(40);
      const refused = answers.filter(({ status }) => status === 429);
      expect(refused).toHaveLength(20);
      for (const { headers, body } of refused) {
        expect(body).toMatchObject({ title: 'Too Many Requests', status: 429 });
        const wait = Number(headers.get('retry-after'));
        expect(wait).toBeGreaterThanOrEqual(1);
        expect(wait).toBeLessThanOrEqual(62);
      }
      // Another user of the platform does not notice.
      const other = world.user('acme');
      expect((await apis[0]?.get(`/v1/users/${other.userId}`, other.token))?.status).toBe(200);
    } finally {
      await Promise.all(apis.map((api) => api.process.stop()));
    }
  });

  test('the default is 100 requests a minute', async () => {
    const { token, userId } = world.user('limited');
    await earlyInTheMinute();
    const statuses = await Promise.all(
      Array.from(
        { length: 120 },
        async () => (await world.api.get(`/v1/users/${userId}`, token)).status,
      ),
    );
    expect(statuses.filter((status) => status === 200)).toHaveLength(100);
    expect(statuses.filter((status) => status === 429)).toHaveLength(20);
  });

  test('sign-ins are limited to ten a minute for an address, whatever the account', async () => {
    await earlyInTheMinute();
    const address = App.address();
    const statuses: number[] = [];
    for (let index = 0; index < 11; index += 1) {
      const account = { slug: 'acme', email: `guess-${index}@acme.test`, password: 'x' };
      statuses.push((await world.api.login(account, address)).status);
    }
    expect(statuses).toEqual([...Array<number>(10).fill(401), 429]);
  });

  test('sign-ins are limited to ten a minute for an account, wherever they come from', async () => {
    await earlyInTheMinute();
    const statuses: number[] = [];
    for (let index = 0; index < 11; index += 1) {
      const account = { slug: 'acme', email: 'target@acme.test', password: 'x' };
      statuses.push((await world.api.login(account)).status);
    }
    expect(statuses).toEqual([...Array<number>(10).fill(401), 429]);
  });
}
