import type { DocumentAccess } from './document-access.ts';

/** A document database. Engines differ; the application sees one contract. */
export interface DocumentStore {
  /** For the application. Resolves after the store answers. */
  readonly access: DocumentAccess;
}
