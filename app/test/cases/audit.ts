import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { MongoClient } from 'mongodb';
import type { Document, WithId } from 'mongodb';

import { auditCollection } from '../../src/audit-chain.ts';
import type { Head } from '../../src/audit-chain.ts';
import { verifyChain } from '../../src/audit-verify.ts';
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

    test('an event that was changed, removed, added or reordered is found, also at the end of a trail', async () => {
      const tenantId = await world.tenantId('acme');
      const verify = () =>
        App.command(servers, ['admin', 'audit', 'verify', 'acme'], { SERVICE_NAME: 'admin' });
      await eventually(async () => expect(await unsent()).toMatchObject({ unsent: 0 }));
      const trail = await events().find({ tenantId }).sort({ seq: 1 }).toArray();
      const last = trail.length;
      expect(trail.map(({ seq }) => seq as number)).toEqual(trail.map((_, index) => index + 1));
      const [, second, third] = trail as [WithId<Document>, WithId<Document>, WithId<Document>];
      const end = trail[last - 1] as WithId<Document>;
      const recorded = async () => {
        const { rows } = await servers.admin(
          'saas',
          `SELECT seq, hash FROM control.audit_heads WHERE tenant_id = '${tenantId}'`,
        );
        return (rows as Head[])[0] as Head;
      };
      const broken = async (make: () => Promise<unknown>): Promise<string> => {
        await make();
        const { problems } = await verifyChain(
          auditCollection(store.db('audit')),
          tenantId,
          recorded,
        );
        await events().deleteMany({ tenantId });
        await events().insertMany(trail);
        return problems.join('; ');
      };
      const set = (event: WithId<Document>, change: Document) =>
        events().updateOne({ _id: event._id }, { $set: change });
      expect([
        await broken(() => set(second, { outcome: 'failure' })),
        await broken(() => set(second, { at: new Date(0) })),
        await broken(() => events().deleteOne({ _id: second._id })),
        await broken(() => events().deleteOne({ _id: end._id })),
        await broken(async () => {
          await events().deleteMany({ _id: { $in: [second._id, third._id] } });
          await events().insertMany([
            { ...second, _id: third._id, seq: 3 },
            { ...third, _id: second._id, seq: 2 },
          ]);
        }),
        await broken(() =>
          events().insertOne({ ...end, _id: `${tenantId}/${last + 1}` as never, seq: last + 1 }),
        ),
      ]).toEqual([
        'event 2 was changed',
        'event 2 was changed',
        'event 2 is missing',
        `event ${last} is missing`,
        'event 2 does not follow the one before it; event 2 was changed; event 3 does not follow the one before it; event 3 was changed; event 4 does not follow the one before it',
        `event ${last + 1} does not follow the one before it; event ${last + 1} was changed`,
      ]);
      await set(second, { action: 'x' });
      expect(await verify()).toEqual([1, 'The audit trail is broken: event 2 was changed.']);
      await set(second, { action: String(second['action']) });
      expect(await verify()).toEqual([
        0,
        expect.stringMatching(new RegExp(`^${last} events, an unbroken chain to [0-9a-f]{64}$`)),
      ]);
    });

    test('what somebody else has put at the end of a trail is not built upon, and other tenants go on', async () => {
      const tenantId = await world.tenantId('acme');
      const heads = await servers.admin(
        'saas',
        `SELECT seq FROM control.audit_heads WHERE tenant_id = '${tenantId}'`,
      );
      const next = ((heads.rows as { seq: number }[])[0]?.seq ?? 0) + 1;
      const planted = { _id: `${tenantId}/${next}` as never, tenantId, seq: next, eventId: 'x' };
      await events().insertOne(planted);
      const own = world.user('acme');
      const other = world.user('globex');
      await world.api.get(`/v1/users/${own.userId}`, own.token);
      const { headers } = await world.api.get(`/v1/users/${other.userId}`, other.token);
      const requestId = headers.get('x-request-id');
      await eventually(async () => expect(await events().countDocuments({ requestId })).toBe(1));
      expect((await unsent()).unsent).toBeGreaterThan(0);
      await events().deleteOne({ _id: planted._id });
      await eventually(async () => expect(await unsent()).toMatchObject({ unsent: 0 }));
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
