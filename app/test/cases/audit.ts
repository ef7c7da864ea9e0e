import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { MongoClient } from 'mongodb';

import { ACCOUNTS, App } from '../support/app.ts';
import { eventually } from '../support/process.ts';
import type { World } from '../support/world.ts';

export function auditCases(world: World): void {
  const { servers } = world;
  const outbox = async (requestId: string) =>
    (
      await servers.admin(
        'saas',
        `SELECT category, action, outcome, actor_id, object, host(ip) AS ip
           FROM app.audit_outbox WHERE request_id = '${requestId}'`,
      )
    ).rows as Record<string, unknown>[];

  test('sign-ins and reads are recorded, the refused ones too, before they are answered', async () => {
    const { token, userId } = world.user('acme');
    const foreign = world.user('globex').userId;
    const read = async (id: string) =>
      (await world.api.get(`/v1/users/${id}`, token)).headers.get('x-request-id') ?? '';
    const wrong = await world.api.login({ ...ACCOUNTS.globex, password: 'wrong' }, '192.0.2.250');

    const event = { category: 'data_access', action: 'user.read', actor_id: userId };
    expect(await outbox(await read(userId))).toMatchObject([
      { ...event, outcome: 'success', object: `user/${userId}` },
    ]);
    expect(await outbox(await read(foreign))).toMatchObject([
      { ...event, outcome: 'not_found', object: `user/${foreign}` },
    ]);
    expect(await outbox(wrong.headers.get('x-request-id') ?? '')).toEqual([
      {
        category: 'authentication',
        action: 'session.create',
        outcome: 'failure',
        actor_id: foreign,
        object: null,
        ip: '192.0.2.250',
      },
    ]);
  });

  test('what cannot be recorded is not done', async () => {
    const { token, userId } = world.user('acme');
    await servers.admin('saas', 'REVOKE INSERT ON app.audit_outbox FROM app_user');
    try {
      const { status, body } = await world.api.get(`/v1/users/${userId}`, token);
      expect([status, body['detail']]).toEqual([500, 'The request could not be completed.']);
      expect((await world.api.login(ACCOUNTS.busy)).status).toBe(500);
    } finally {
      await servers.admin('saas', 'GRANT INSERT ON app.audit_outbox TO app_user');
    }
    expect((await world.api.get(`/v1/users/${userId}`, token)).status).toBe(200);
  });

  const withStore = servers.ferretdb === undefined ? describe.skip : describe;
  if (servers.ferretdb === undefined) {
    console.warn(
      'Skipped: no document store. Build it or set FERRETDB to the path of ferretdb 1.24.',
    );
  }
  withStore('with the document store', () => {
    let store: MongoClient;
    let workers: App[] = [];

    beforeAll(async () => {
      store = new MongoClient(servers.mongoUrl, { tls: true, tlsCAFile: servers.ca });
      // Two at once: they must share the work, not double it.
      workers = await Promise.all([0, 1].map(() => App.start(servers, 'worker')));
    }, 60_000);
    afterAll(async () => {
      await Promise.all(workers.map(({ process }) => process.stop()));
      await store.close();
    });

    const events = () => store.db('audit').collection('audit_events');
    const unsent = async () => {
      const { rows } = await servers.admin(
        'saas',
        'SELECT count(*)::int AS unsent, (SELECT count(*)::int FROM app.audit_outbox) AS total FROM app.audit_outbox WHERE sent_at IS NULL',
      );
      return rows[0] as { unsent: number; total: number };
    };

    test('every event reaches the document store once', async () => {
      const { token, userId } = world.user('acme');
      const { headers } = await world.api.get(`/v1/users/${userId}`, token);
      const requestId = headers.get('x-request-id');
      await eventually(async () => {
        expect(await events().find({ requestId }).toArray()).toMatchObject([
          {
            tenantId: await world.tenantId('acme'),
            category: 'data_access',
            action: 'user.read',
            actor: { id: userId },
            object: `user/${userId}`,
            outcome: 'success',
            at: expect.any(Date),
          },
        ]);
      });
      await eventually(async () => expect(await unsent()).toMatchObject({ unsent: 0 }));
      expect(await events().countDocuments()).toBe((await unsent()).total);
    });

    test('events that are sent again after a crash are there once', async () => {
      await eventually(async () => expect(await unsent()).toMatchObject({ unsent: 0 }));
      // What a worker leaves that dies between the store's answer and its own commit.
      await servers.admin('saas', 'UPDATE app.audit_outbox SET sent_at = NULL');
      const { unsent: again, total } = await unsent();
      expect(again).toBeGreaterThan(0);
      await eventually(async () => expect(await unsent()).toMatchObject({ unsent: 0 }));
      expect(await events().countDocuments()).toBe(total);
    });

    test('a worker that starts again goes on where the last one stopped', async () => {
      await Promise.all(workers.map(({ process }) => process.stop()));
      const { token, userId } = world.user('globex');
      await world.api.get(`/v1/users/${userId}`, token);
      expect((await unsent()).unsent).toBeGreaterThan(0);
      workers = [await App.start(servers, 'worker')];
      await eventually(async () => expect(await unsent()).toMatchObject({ unsent: 0 }));
      expect(await events().countDocuments()).toBe((await unsent()).total);
    });

    test('events wait while the document store is away', async () => {
      servers.documents?.signal('SIGSTOP');
      try {
        const { token, userId } = world.user('globex');
        expect((await world.api.get(`/v1/users/${userId}`, token)).status).toBe(200);
        expect((await unsent()).unsent).toBeGreaterThan(0);
      } finally {
        servers.documents?.signal('SIGCONT');
      }
      await eventually(async () => expect(await unsent()).toMatchObject({ unsent: 0 }));
      expect(await events().countDocuments()).toBe((await unsent()).total);
    });
  });

  test('the relay refuses a role that is bound to one tenant, and a superuser', async () => {
    for (const [role, message] of [
      ['app_user', 'role app_user is bound to one tenant, so it would relay nothing.'],
      ['postgres', 'role postgres is a superuser. Connect as app_platform.'],
    ] as const) {
      const worker = await App.spawn(servers, 'worker', {
        PG_DIRECT_URL: servers.url(role, 'saas'),
      });
      expect(await worker.process.ended()).toBe(1);
      expect(worker.process.output).toContain(message);
    }
  });
}
