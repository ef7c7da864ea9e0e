import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type * as pulumi from '@pulumi/pulumi';
import { CORE_SCHEMA, loadAll, YAMLException } from 'js-yaml';

import { ConfigError } from '../errors.ts';
import { manifestFile, type LockEntry } from './lock.ts';

/** A Kubernetes object as a manifest writes it; a patched one may refer to outputs. */
export interface ManifestObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ManifestMetadata;
  readonly [field: string]: unknown;
}

export interface ManifestMetadata {
  readonly name: string;
  readonly namespace?: pulumi.Input<string>;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, pulumi.Input<string>>>;
}

/**
 * Objects of an operator's manifests in `<folder>/<operator>/`. Refuses a file that is missing or
 * is not the one of the lock file: whoever can change it could run anything in the cluster.
 */
export function readManifests(
  folder: string,
  operator: string,
  entry: LockEntry,
): readonly ManifestObject[] {
  return entry.files.flatMap((locked) => {
    const { sha256 } = locked;
    const file = join(folder, operator, manifestFile(locked));
    const text = readText(operator, file);
    const actual = createHash('sha256').update(text).digest('hex');
    if (actual !== sha256) {
      throw new ConfigError(
        `${operator}.manifests`,
        `"${file}" has SHA-256 ${actual}, expected ${sha256}.`,
        'Delete it and fetch the manifests again.',
      );
    }
    return parseManifests(operator, text);
  });
}

function readText(operator: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new ConfigError(
      `${operator}.manifests`,
      `"${file}" cannot be read.`,
      'Fetch the manifests first: `make up` does it for the embedded cluster.',
    );
  }
}

/** Objects of a YAML stream; empty documents are skipped. */
export function parseManifests(operator: string, text: string): readonly ManifestObject[] {
  return loadDocuments(operator, text).flatMap((object, index) => {
    if (object === null || object === undefined) return [];
    if (isManifest(object)) return [object];
    throw new ConfigError(
      `${operator}.manifests`,
      `document ${index + 1} is not a Kubernetes object with apiVersion, kind and name.`,
    );
  });
}

function loadDocuments(operator: string, text: string): unknown[] {
  try {
    // Without the types beyond JSON's, such as dates, which the API server does not know either.
    return loadAll(text, undefined, { schema: CORE_SCHEMA });
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const { line } = error.mark;
    throw new ConfigError(`${operator}.manifests`, `not YAML: ${error.reason}, line ${line + 1}.`);
  }
}

function isManifest(value: unknown): value is ManifestObject {
  if (typeof value !== 'object' || value === null) return false;
  const { apiVersion, kind, metadata } = value as Record<string, unknown>;
  const name = (metadata as { name?: unknown } | null | undefined)?.name;
  return [apiVersion, kind, name].every((text) => typeof text === 'string');
}

/** A copy without one field. */
export function without<T extends object>(object: T, field: string): T {
  return Object.fromEntries(Object.entries(object).filter(([key]) => key !== field)) as T;
}
