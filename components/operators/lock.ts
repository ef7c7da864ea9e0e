import committed from './operators.lock.json' with { type: 'json' };

/** Operators that the platform can install. */
export type OperatorName = keyof typeof committed;

/** Where the manifests of one operator come from, and what they must be, byte for byte. */
export interface LockEntry {
  /** Release of the operator. */
  readonly version: string;
  /** Go module that holds the manifests; its version is checked by the Go checksum database. */
  readonly module: string;
  readonly moduleVersion: string;
  /** Namespace that upstream writes into its manifests. Absent: nothing in them is namespaced. */
  readonly namespace?: string;
  /** Role → image reference as upstream writes it. Every image of the manifests is listed. */
  readonly images: Readonly<Record<string, string>>;
  /** Files inside the module, in the order they are read. */
  readonly files: readonly { readonly path: string; readonly sha256: string }[];
}

export type OperatorsLock = Readonly<Record<OperatorName, LockEntry>>;

/** The committed lock file: manifests and operator images move together. */
export const operatorsLock: OperatorsLock = committed;
