import type { DocumentAccess } from '../documents/document-access.ts';
import type { PostgresAccess } from '../postgres/postgres-access.ts';
import type { RedisAccess } from '../redis/redis-access.ts';

/** The data layer as the application sees it. */
export interface DataConnections {
  readonly postgres: PostgresAccess;
  readonly redis: RedisAccess;
  readonly documents: DocumentAccess;
}
