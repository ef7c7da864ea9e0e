import type { Ids } from './api-routes.ts';
import type { AccountName, Answer, App } from './app.ts';
import type { World } from './world.ts';

/** A tenant as a test uses it: its administrator's and a member's token, and something of everything. */
export class Tenant {
  readonly slug: AccountName;
  readonly #world: World;
  readonly #api: App;
  readonly #token: string;
  memberToken = '';
  ids: Ids = { user: '', org: '', department: '' };

  constructor(world: World, api: App, slug: AccountName) {
    this.slug = slug;
    this.#world = world;
    this.#api = api;
    this.#token = world.user(slug).token;
  }

  get token(): string {
    return this.#token;
  }

  /** Makes a member, an organization, a department in it and a membership. */
  async populate(): Promise<this> {
    const person = this.person('mia');
    const user = await this.make('/v1/users', person);
    const org = await this.make('/v1/organizations', { name: `${this.slug} Ltd` });
    const department = await this.make('/v1/departments', { orgId: org, name: 'Sales' });
    this.ids = { user, org, department };
    await this.ok('PUT', `/v1/organizations/${org}/memberships/${user}`, {
      role: 'member',
      departmentId: department,
    });
    await this.ok('PUT', '/v1/config/mail', {
      version: 0,
      document: { sender: `post@${this.slug}.test` },
    });
    const { body } = await this.#api.login({ slug: this.slug, ...person });
    this.memberToken = String(body['accessToken']);
    // So that there is a former password to aim at, too.
    const next = { current: person.password, password: 'Red-kite-circles-9-times' };
    const changed = await this.send('POST', '/v1/auth/password', next, this.memberToken);
    if (changed.status !== 204) throw new Error(JSON.stringify(changed.body));
    return this;
  }

  person(name: string): { name: string; email: string; password: string } {
    return {
      name,
      email: `${name}@${this.slug}.test`,
      // Good for anybody: neither a name nor a tenant is in it.
      password: 'Grey-heron-wades-7-times',
    };
  }

  send(method: string, path: string, body?: unknown, token = this.#token): Promise<Answer> {
    return this.#api.send(method, path, { token, body });
  }

  /** A request that must succeed; gives the body. */
  async ok(method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
    const answer = await this.send(method, path, body);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  /** Creates something and gives its id. */
  async make(path: string, body: unknown): Promise<string> {
    return String((await this.ok('POST', path, body))['id']);
  }

  /** All items of a list, page by page. */
  async list(path: string, limit = 100): Promise<Record<string, unknown>[]> {
    const items: Record<string, unknown>[] = [];
    let cursor: unknown;
    do {
      const next = typeof cursor === 'string' ? `&cursor=${cursor}` : '';
      const glue = path.includes('?') ? '&' : '?';
      const page = await this.ok('GET', `${path}${glue}limit=${limit}${next}`);
      items.push(...(page['items'] as Record<string, unknown>[]));
      cursor = page['nextCursor'];
    } while (cursor !== null);
    return items;
  }

  /** Every row of the tenant but the audit trail, as the superuser sees it. */
  async rows(): Promise<Record<string, unknown[]>> {
    const id = await this.#world.tenantId(this.slug);
    const all: Record<string, unknown[]> = {};
    for (const table of await tenantTables(this.#world)) {
      if (table === 'app.audit_outbox') continue;
      const { rows } = await this.#world.servers.admin(
        'saas',
        `SELECT to_json(t) AS row FROM ${table} t WHERE tenant_id = '${id}' ORDER BY t::text`,
      );
      all[table] = (rows as { row: unknown }[]).map(({ row }) => row);
    }
    return all;
  }
}

/** Every table with a tenant in it, in the tenants' homes or in the schema that rules over them. */
export async function tenantTables(world: World, control = false): Promise<string[]> {
  const { rows } = await world.servers.admin(
    'saas',
    `SELECT c.oid::regclass::text AS name FROM pg_class c
       JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped
      WHERE c.relkind IN ('r', 'p') AND (c.relnamespace = 'control'::regnamespace) = ${control}
      ORDER BY 1`,
  );
  return (rows as { name: string }[]).map(({ name }) => name);
}

/** What the audit trail holds of one request. */
export async function trail(world: World, answer: Answer): Promise<Record<string, unknown>[]> {
  const requestId = answer.headers.get('x-request-id');
  const { rows } = await world.servers.admin(
    'saas',
    `SELECT category, action, outcome, actor_id AS actor, object
       FROM app.audit_outbox WHERE request_id = '${requestId}'`,
  );
  return rows as Record<string, unknown>[];
}
