import Type from 'typebox';

import type { PostgresTarget } from './config.ts';
import { withHome } from './db/homes.ts';
import type { MigrateOptions } from './db/migrate.ts';
import { MODELS, SHARED } from './db/placement.ts';
import type { Placement } from './db/placement.ts';
import type { TenantId } from './db/tenancy.ts';
import type { Operators } from './operators.ts';
import { Problem } from './problem.ts';
import { closed, oneOf } from './schemas.ts';

/** What the routes of operators work with. */
export interface OperatorServices {
  readonly operators: Operators;
  readonly options: MigrateOptions;
  /** Of the PostgreSQL server, in bytes; what it bears depends on it. */
  readonly memory: number;
}

export const Slug = Type.String({
  pattern: '^[a-z][a-z0-9-]{1,30}$',
  description: 'what people sign in under',
});
export const BySlug = closed({ slug: Slug });
export const TenantModel = oneOf(...MODELS);
export const Model = TenantModel;

export interface KnownTenant extends Placement {
  readonly id: TenantId;
  readonly slug: string;
  readonly name: string;
  readonly status: string;
  readonly createdAt: Date;
}

/** The tenant of this name; a 404 problem when there is none. */
export async function findTenant(target: PostgresTarget, slug: string): Promise<KnownTenant> {
  const { rows } = await withHome(target, SHARED, (main) =>
    main.query<KnownTenant>(
      `SELECT id, slug, name, status, model, home, epoch, created_at AS "createdAt"
         FROM control.tenants WHERE slug = $1`,
      [slug],
    ),
  );
  const [found] = rows;
  if (found === undefined) throw new Problem(404, 'There is no such tenant.');
  return found;
}
