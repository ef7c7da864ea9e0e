import pg from 'pg';

import type { PostgresTarget } from '../../src/config.ts';
import { connectOwner } from '../../src/db/owner.ts';
import type { MigrateOptions } from '../../src/db/migrate.ts';
import { migrate } from '../../src/db/migrate.ts';
import { onboard } from '../../src/db/onboard.ts';
import { fillSpares } from '../../src/db/onboard.ts';
import type { Model } from '../../src/db/placement.ts';
import { Pool } from '../../src/db/pool.ts';
import { TenantDb } from '../../src/db/tenancy.ts';
import type { TenantId } from '../../src/db/tenancy.ts';
import { Servers } from './servers.ts';

export const MIGRATIONS = `${process.cwd()}/app/migrations`;

/** A main database with every model at hand, on a PostgreSQL of its own. */
export class Homes {
  readonly servers = new Servers();
  readonly database = 'main';
  #pool: Pool | undefined;
  #db: TenantDb | undefined;
  #owner: pg.Client | undefined;
  #slugs = 0;

  async start(): Promise<void> {
    await this.servers.startPostgres();
    await this.servers.database(this.database);
    await migrate(this.options());
    this.#pool = this.pool(this.database);
    this.#db = this.tenantDb();
    this.#owner = await connectOwner(this.target('app_migrator'));
  }

  async stop(): Promise<void> {
    await this.#db?.end();
    await this.#pool?.end();
    await this.#owner?.end();
    await this.servers.stop();
  }

  get db(): TenantDb {
    return present(this.#db);
  }
  /** A connection as the owner of all tables to the main database. */
  get owner(): pg.Client {
    return present(this.#owner);
  }

  target(user: 'app_migrator' | 'app_user', database = this.database): PostgresTarget {
    return this.servers.target(user, database);
  }

  options(directory = MIGRATIONS): MigrateOptions {
    return { target: this.target('app_migrator'), directory, log: () => undefined };
  }

  pool(database: string, max = 5): Pool {
    return new Pool(this.target('app_user', database), { max, named: true, name: 'test' });
  }

  /** What an API process has. `remember`: see TenantDbOptions. */
  tenantDb(remember = 5_000): TenantDb {
    const open = (database: string) => this.pool(database, 2);
    return new TenantDb(present(this.#pool), { open, remember });
  }

  /** What the platform declares for homes: roles or databases, which no role of ours can make. */
  async declare(model: Model, ...names: string[]): Promise<void> {
    for (const name of names) {
      if (model === 'schema') {
        await this.servers.admin(
          'postgres',
          'ALTER ROLE app_user NOINHERIT',
          `CREATE ROLE ${name} NOLOGIN`,
          `GRANT ${name} TO app_user`,
        );
      } else await this.servers.database(name);
    }
  }

  /** A new tenant in a home of this model. */
  async tenant(model: Model): Promise<TenantId> {
    this.#slugs += 1;
    const slug = `tenant-${this.#slugs}`;
    if (model !== 'shared') {
      await this.declare(model, `t_${model}${this.#slugs}`);
      await fillSpares(this.owner, model, 1, this.options(), 0);
    }
    return onboard(this.owner, { slug, name: slug, model });
  }
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('Not started.');
  return value;
}
