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
  readonly files: readonly LockedFile[];
}

/**
 * A manifest of the module or, with `values`, a Helm chart of it. A chart is rendered when the
 * manifests are fetched, as the release named after the operator in upstream's `namespace`:
 *
 *     { "path": "deploy/charts/cert-manager", "values": { "replicaCount": 2 }, "sha256": "…" }
 *
 * The result is one file, `<last part of path>.yaml`, and its checksum is locked like that of any
 * other. A wrong checksum makes the fetch fail and name the right one: write zeros for a new entry or
 * changed values, and look at what they render. Let upstream's `namespace` be a word of its own, not
 * the name of an object too, so that every mention of it can be found. Hooks come out as plain objects, so
 * switch off the Jobs of a chart; where images hide, and what else a chart may contain, see `patch.ts`
 * and `kinds.ts`.
 */
export interface LockedFile {
  /** Path inside the module: a YAML file, or the folder of a chart. */
  readonly path: string;
  /** SHA-256 of the file, or of what the chart renders. */
  readonly sha256: string;
  /** Values of the chart. */
  readonly values?: object;
}

/** Name of the file that `fetchManifests` leaves in the folder of the operator. */
export function manifestFile({ path, values }: LockedFile): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return values === undefined ? name : `${name}.yaml`;
}

export type OperatorsLock = Readonly<Record<OperatorName, LockEntry>>;

/** The committed lock file: manifests and operator images move together. */
export const operatorsLock: OperatorsLock = committed;
