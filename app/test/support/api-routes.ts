import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Schema {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
}
interface Operation {
  readonly security?: readonly unknown[];
  readonly parameters?: readonly {
    readonly in: 'path' | 'query';
    readonly name: string;
    readonly required: boolean;
    readonly schema: Schema;
  }[];
  readonly requestBody?: {
    readonly content: { readonly 'application/json': { readonly schema: Schema } };
  };
}

/** What a request of a tenant can name. */
export interface Ids {
  readonly user: string;
  readonly org: string;
  readonly department: string;
}
/** A place in a request that takes text. */
export interface Place {
  readonly where: 'path' | 'query' | 'body';
  readonly name: string;
  /** Which identifier belongs there; undefined for any other text. */
  readonly id: keyof Ids | undefined;
}
export interface Request {
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>> | undefined;
}

const IDS: Readonly<Record<string, keyof Ids>> = {
  users: 'user',
  memberships: 'user',
  organizations: 'org',
  departments: 'department',
  userId: 'user',
  orgId: 'org',
  parentId: 'department',
  departmentId: 'department',
};
let count = 0;
const EXAMPLES: Readonly<Record<string, () => unknown>> = {
  name: () => `Example ${(count += 1)}`,
  email: () => `example-${(count += 1)}@example.test`,
  password: () => `Example-horse-${(count += 1)}`,
  tenant: () => 'nowhere',
  key: () => 'mail',
  version: () => 1,
  document: () => ({ sender: 'nobody@example.test' }),
  limit: () => '5',
  cursor: () => 'eyJ4Ijox.eyJ4Ijox',
};

/** A route of the API as its OpenAPI document tells it, so that no route can be forgotten. */
export class Route {
  readonly method: string;
  readonly path: string;
  /** Whether it answers without a token. */
  readonly open: boolean;
  readonly places: readonly Place[];
  readonly #required: ReadonlySet<string>;
  readonly #body: Readonly<Record<string, Schema>> | undefined;

  constructor(method: string, path: string, operation: Operation) {
    this.method = method.toUpperCase();
    this.path = path;
    this.open = operation.security?.length === 0;
    const parameters = operation.parameters ?? [];
    this.#required = new Set(parameters.filter((p) => p.required).map(({ name }) => name));
    this.#body = operation.requestBody?.content['application/json'].schema.properties;
    this.places = [
      ...parameters.map(({ in: where, name }) => ({
        where,
        name,
        id: IDS[name] ?? IDS[/(\w+)\/\{id\}/.exec(where === 'path' ? path : '')?.[1] ?? ''],
      })),
      ...Object.keys(this.#body ?? {}).map((name) => ({
        where: 'body' as const,
        name,
        id: IDS[name],
      })),
    ];
  }

  get name(): string {
    return `${this.method} ${this.path}`;
  }
  get takesBody(): boolean {
    return this.#body !== undefined;
  }
  /** A request that the schemas allow, with `value` in one place. */
  request(ids: Ids, place?: Place, value?: string): Request {
    const fill = (candidate: Place): unknown => {
      if (candidate === place && value !== undefined) return value;
      if (candidate.id !== undefined) return ids[candidate.id];
      const choice = this.#body?.[candidate.name]?.enum?.[0];
      const example = EXAMPLES[candidate.name];
      if (choice === undefined && example === undefined) {
        throw new Error(`${this.name}: no example for "${candidate.name}". Add one here.`);
      }
      return choice ?? example?.();
    };
    let path = this.path;
    const query = new URLSearchParams();
    const body: Record<string, unknown> = {};
    for (const candidate of this.places) {
      const { where, name } = candidate;
      if (where === 'path') {
        // A function, because a text with `$` in it would mean something to "replace".
        const text = encodeURIComponent(String(fill(candidate)).toWellFormed());
        path = path.replace(`{${name}}`, () => text);
      }
      if (where === 'query' && (candidate === place || this.#required.has(name))) {
        query.set(name, String(fill(candidate)));
      }
      // A new department in itself is no parent to try; an absent one is as valid.
      if (where === 'body' && (candidate === place || name !== 'parentId')) {
        body[name] = fill(candidate);
      }
    }
    return {
      path: query.size === 0 ? path : `${path}?${query.toString()}`,
      body: this.takesBody ? body : undefined,
    };
  }
  has(name: string): boolean {
    return this.places.some((place) => place.name === name);
  }
}

const document = JSON.parse(readFileSync(join(process.cwd(), 'app/openapi.json'), 'utf8')) as {
  paths: Record<string, Record<string, Operation>>;
};
/** Routes that end sessions or change what a user signs in with would end the attack itself. */
const OF_SESSIONS = /^\/v1\/auth\/(?!login$)/;
export const ROUTES: readonly Route[] = Object.entries(document.paths)
  .filter(([path]) => !OF_SESSIONS.test(path))
  .flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => new Route(method, path, operation)),
  );
