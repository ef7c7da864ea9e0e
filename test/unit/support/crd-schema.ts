import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { loadAll } from 'js-yaml';

import { manifestFile, type LockedFile } from '../../../components/operators/lock.ts';

/** The part of an OpenAPI schema that CRDs of the operators use. */
interface Schema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly additionalProperties?: Schema | boolean;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean;
  readonly 'x-kubernetes-int-or-string'?: boolean;
}

interface Document {
  readonly kind?: string;
  readonly spec?: {
    readonly names: { readonly kind: string };
    readonly versions: readonly {
      readonly storage: boolean;
      readonly schema: { readonly openAPIV3Schema: Schema };
    }[];
  };
}

interface Lock {
  readonly module: string;
  readonly moduleVersion: string;
  readonly files: readonly LockedFile[];
}

/**
 * Schemas by kind of the operators in `operators.lock.json`, or undefined where neither `make up`
 * nor Go has fetched the manifests of one.
 */
export function crdSchemas(...operators: string[]): ReadonlyMap<string, Schema> | undefined {
  const lock = JSON.parse(
    readFileSync('components/operators/operators.lock.json', 'utf8'),
  ) as Record<string, Lock>;
  const schemas = new Map<string, Schema>();
  for (const operator of operators) {
    const entry = lock[operator];
    if (entry === undefined) throw new Error(`${operator} is not in operators.lock.json`);
    for (const locked of entry.files) {
      const fetched = join('.cache/manifests', operator, manifestFile(locked));
      // A chart is no manifest before it is rendered.
      const source = locked.values === undefined ? [join(moduleFolder(entry), locked.path)] : [];
      // Another release may lie there, fetched for another lock file.
      const file = [fetched, ...source].find((name) => isLocked(name, locked));
      if (file === undefined) return undefined;
      for (const document of loadAll(readFileSync(file, 'utf8'))) {
        const { kind, spec } = document as Document;
        if (kind !== 'CustomResourceDefinition' || spec === undefined) continue;
        const version = spec.versions.find(({ storage }) => storage);
        if (version !== undefined) schemas.set(spec.names.kind, version.schema.openAPIV3Schema);
      }
    }
  }
  return schemas;
}

function isLocked(file: string, { sha256 }: LockedFile): boolean {
  return (
    existsSync(file) && createHash('sha256').update(readFileSync(file)).digest('hex') === sha256
  );
}

function moduleFolder({ module, moduleVersion }: Lock): string {
  try {
    const cache = execFileSync('go', ['env', 'GOMODCACHE'], { encoding: 'utf8' }).trim();
    return join(cache, `${module}@${moduleVersion}`);
  } catch {
    return join(process.env['HOME'] ?? '', 'go/pkg/mod', `${module}@${moduleVersion}`);
  }
}

/** What the API server would refuse or silently drop: unknown fields, wrong types, missing ones. */
export function schemaProblems(schema: Schema, value: unknown, path: string): string[] {
  if (schema['x-kubernetes-int-or-string'] === true) {
    return ['string', 'number'].includes(typeof value) ? [] : [`${path}: not a number or string`];
  }
  if (schema.enum !== undefined && !schema.enum.includes(value)) {
    return [`${path}: ${JSON.stringify(value)} is not one of ${JSON.stringify(schema.enum)}`];
  }
  switch (schema.type) {
    case 'object':
      return objectProblems(schema, value, path);
    case 'array':
      if (!Array.isArray(value)) return [`${path}: not a list`];
      return value.flatMap((item, index) =>
        schema.items === undefined ? [] : schemaProblems(schema.items, item, `${path}.${index}`),
      );
    case 'string': {
      if (typeof value !== 'string') return [`${path}: not a string`];
      const fits = schema.pattern === undefined || new RegExp(schema.pattern).test(value);
      return fits ? [] : [`${path}: "${value}" does not match ${schema.pattern}`];
    }
    case 'integer':
      return Number.isInteger(value) ? [] : [`${path}: not a whole number`];
    case 'boolean':
      return typeof value === 'boolean' ? [] : [`${path}: not true or false`];
    default:
      return [];
  }
}

function objectProblems(schema: Schema, value: unknown, path: string): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return [`${path}: not an object`];
  }
  const { properties = {}, additionalProperties, required = [] } = schema;
  const missing = required.filter((key) => !(key in value)).map((key) => `${path}.${key}: missing`);
  const open =
    additionalProperties === true ||
    schema['x-kubernetes-preserve-unknown-fields'] === true ||
    schema.properties === undefined;
  const inner = Object.entries(value).flatMap(([key, child]) => {
    const known =
      properties[key] ??
      (typeof additionalProperties === 'object' ? additionalProperties : undefined);
    if (known !== undefined) return schemaProblems(known, child, `${path}.${key}`);
    return open ? [] : [`${path}.${key}: unknown field`];
  });
  return [...missing, ...inner];
}
