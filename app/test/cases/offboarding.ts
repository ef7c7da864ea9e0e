import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { move } from '../../src/db/move.ts';
import type { Model } from '../../src/db/placement.ts';
import { offboard } from '../../src/offboard/offboard.ts';
import { tenantKeys } from '../../src/offboard/tenant-keys.ts';
import type { TenantId } from '../../src/db/tenancy.ts';
import { ACCOUNTS, App, UNLIMITED } from '../support/app.ts';
import { startObjectStore } from '../support/object-store.ts';
import type { ObjectStore } from '../support/object-store.ts';
import { openPlaces } from '../support/places.ts';
import type { PlaceAddresses } from '../support/places.ts';
import { eventually, Process } from '../support/process.ts';
import { Tenant, tenantTables } from '../support/tenant.ts';
import type { World } from '../support/world.ts';

const KILLED_AT = [
  ...['planned', 'closed', 'written', 'exported', 'emptied', 'rows', 'documents', 'redis'],
  'objects',
];

export function offboardingCases(world: World): void {
  const { servers } = world;
  if (servers.ferretdb === undefined) {
    test.skip('needs a document store', () => undefined);
    return;
  }
  describe('with the document store', () => cases(world));
}

function cases(world: World): void {
  const { servers } = world;
  let api: App;
  let worker: App;
  let store: ObjectStore | undefined;
  let places: Awaited<ReturnType<typeof openPlaces>>;
  let addresses: PlaceAddresses;
  let neighbour: Tenant;

  const options = () => ({
    target: servers.target('app_migrator', 'saas'),
    directory: join(process.cwd(), 'app/migrations'),
    log: () => undefined,
  });
  const object = (tenant: string, name: string) => {
    const path = join(store?.folder ?? '', 'tenants', tenant, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, 'x');
    return path;
  };
  const documents = (tenantId: string) =>
    places.documents.collection('audit_events').countDocuments({ tenantId });

  beforeAll(async () => {
    store = await startObjectStore(servers);
    if (store === undefined) console.warn('Without versitygw: no objects are erased.');
    const { mongoUrl, ca, redisNodes, password, caText } = servers;
    addresses = { mongoUrl, ca, redisNodes, password, caText, bucket: store?.bucket };
    places = await openPlaces(addresses);
    await servers.admin(
      'postgres',
      'ALTER ROLE app_user NOINHERIT',
      'CREATE ROLE t_leaver NOLOGIN',
      'GRANT t_leaver TO app_user',
    );
    await servers.database('t_leaver');
    [api, worker] = await Promise.all([
      App.start(servers, 'api', UNLIMITED),
      App.start(servers, 'worker'),
    ]);
    neighbour = new Tenant(world, api, 'globex');
  }, 60_000);
  afterAll(async () => {
    await Promise.all([api, worker].map(({ process }) => process.stop()));
    await places.close();
  });

  /** The neighbour's rows in the shared home, where it lives. */
  const neighbours = async () =>
    Object.entries(await neighbour.rows()).filter(([table]) => table.startsWith('app.'));

  /** A tenant in a home of this model with something of everything, everywhere. */
  const settle = async (model: Model): Promise<[Tenant, TenantId]> => {
    const slug = `leaver-${model}` as const;
    const tenant = await new Tenant(world, api, slug).populate();
    const id = (await world.tenantId(slug)) as TenantId;
    if (model !== 'shared') await move(options(), id, model);
    await tenant.ok('GET', '/v1/config/mail');
    await tenant.ok('GET', '/v1/users');
    if (store !== undefined) {
      object(id, 'report (1).pdf');
      object(id, 'deep/er/ä.txt');
    }
    await eventually(async () => expect(await documents(id)).toBeGreaterThan(5), 30);
    return [tenant, id];
  };

  /** What the superuser, the stores and the disk show of a tenant, whatever the proof says. */
  const traces = async (id: string, users: readonly string[]): Promise<Record<string, number>> => {
    const tables = [...(await tenantTables(world)), ...(await tenantTables(world, true))];
    let rows = 0;
    for (const table of tables.filter((name) => !/audit_heads|offboardings/.test(name))) {
      const found = await servers.admin(
        'saas',
        `SELECT count(*)::int AS n FROM ${table} WHERE tenant_id = '${id}'`,
      );
      rows += (found.rows as { n: number }[])[0]?.n ?? 0;
    }
    const own = await servers.admin(
      't_leaver',
      `SELECT count(*)::int AS n FROM pg_namespace WHERE nspname IN ('app', 'control')`,
    );
    const folder = join(store?.folder ?? '', 'tenants', id);
    return {
      rows,
      tenants:
        (await servers.admin('saas', `SELECT FROM control.tenants WHERE id = '${id}'`)).rowCount ??
        0,
      database: (own.rows as { n: number }[])[0]?.n ?? 0,
      documents: await documents(id),
      keys: (await tenantKeys(places.redis, id, users)).length,
      objects: existsSync(folder) ? readdirSync(folder, { recursive: true }).length : 0,
    };
  };
  const NOTHING = { rows: 0, tenants: 0, database: 0, documents: 0, keys: 0, objects: 0 };

  const isErased = async (tenant: Tenant, id: TenantId, users: readonly string[]) => {
    expect(await traces(id, users)).toEqual(NOTHING);
    expect((await tenant.send('GET', '/v1/users')).status).toBe(401);
    expect((await api.login(ACCOUNTS[tenant.slug])).status).toBe(401);
    const record = await servers.admin(
      'saas',
      `SELECT state, slug, users, proof FROM control.offboardings WHERE tenant_id = '${id}'`,
    );
    const objects = store === undefined ? null : 0;
    const proof = { rows: 0, homes: 0, documents: 0, redisKeys: 0, objects };
    expect(record.rows).toEqual([{ state: 'done', slug: null, users: null, proof }]);
  };

  test.each(['shared', 'schema'] as const)(
    'a tenant in model %s gets its data and is erased from the database, the documents, Redis and the bucket; its neighbour notices nothing',
    async (model) => {
      const [tenant, id] = await settle(model);
      const kept = store && object(await world.tenantId('globex'), 'kept.txt');
      const before = await neighbours();
      const file = join(servers.directory, `${model}.jsonl.gz`);
      const env = {
        SERVICE_NAME: 'admin',
        ...(store && {
          S3_ENDPOINT: store.bucket.endpoint,
          S3_BUCKET: store.bucket.bucket,
          S3_ACCESS_KEY_ID: store.bucket.accessKeyId,
          S3_SECRET_ACCESS_KEY: store.bucket.secretAccessKey,
        }),
      };
      const { user } = tenant.ids;
      const users = [user, world.user(tenant.slug).userId];
      expect(Object.values(await traces(id, users)).filter((n) => n > 0).length).toBeGreaterThan(3);
      const command = ['admin', 'offboard', tenant.slug, file];
      const [code, output] = await App.command(servers, command, env);
      expect([code, output]).toEqual([
        0,
        expect.stringMatching(/^done: \d+ lines handed over in /),
      ]);

      await isErased(tenant, id, users);
      expect(await neighbours()).toEqual(before);
      expect(kept === undefined || existsSync(kept)).toBe(true);

      const packed = readFileSync(file);
      expect(output).toContain(createHash('sha256').update(packed).digest('hex'));
      expect(statSync(file).mode & 0o777).toBe(0o600);
      const text = gunzipSync(packed).toString();
      const lines = text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Line);
      const of = (table: string) => lines.filter((line) => line.table === table);
      expect(output).toContain(`${lines.length} lines`);
      expect(of('users')).toHaveLength(2);
      expect(of('config_documents')[0]?.row).toMatchObject({
        document: { sender: `post@${tenant.slug}.test` },
      });
      expect(of('audit_events').length).toBeGreaterThan(5);
      expect(text).not.toMatch(/password_hash|\$argon2/);
      expect(text).not.toContain('globex');
      expect(await App.command(servers, command, env)).toEqual([
        1,
        `There is no tenant "${tenant.slug}".`,
      ]);
    },
    120_000,
  );

  test('an offboarding may be killed at every step: nothing goes before the export is complete, and the next run ends it', async () => {
    const [tenant, id] = await settle('database');
    const users = [tenant.ids.user, world.user(tenant.slug).userId];
    const file = join(servers.directory, 'killed.jsonl.gz');
    const before = await traces(id, users);
    for (const point of KILLED_AT) {
      const argument = JSON.stringify({
        ...{ options: options(), slug: tenant.slug, file, addresses, point },
      });
      const script = join(process.cwd(), 'app/test/support/offboarder.ts');
      const run = new Process(process.execPath, [script, argument]);
      const code = await run.ended(60);
      if (code !== null) throw new Error(`${point} was not reached (${code}): ${run.output}`);
      const now = await traces(id, users);
      const closed = point !== 'planned';
      expect([point, (await api.login(ACCOUNTS[tenant.slug])).status]).toEqual([
        point,
        closed ? 401 : 200,
      ]);
      if (['planned', 'closed', 'written', 'exported'].includes(point)) {
        expect([point, now['database'], now['objects']]).toEqual([
          ...[point, 2, before['objects']],
        ]);
        expect(now['documents']).toBeGreaterThanOrEqual(before['documents'] ?? 0);
      }
      expect(now['tenants']).toBe(1);
    }
    // What comes back after its step is found by the proof, which erases again.
    let planted = false;
    const reached = (point: string) => {
      if (point !== 'objects' || planted || store === undefined) return;
      object(id, 'late.txt');
      planted = true;
    };
    const end = () => offboard({ ...options(), places, file, reached }, tenant.slug);
    if (store !== undefined) {
      await expect(end()).rejects.toThrow(
        'Something of the tenant is left: 1 objects. Run the command again.',
      );
    }
    expect((await end()).state).toBe('done');
    await isErased(tenant, id, users);
  }, 180_000);
}

interface Line {
  readonly table: string;
  readonly row: Record<string, unknown>;
}
