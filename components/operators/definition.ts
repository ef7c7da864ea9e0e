import { without, type ManifestObject } from './manifests.ts';

/**
 * A CustomResourceDefinition without the prose of its fields, which validates nothing and is more
 * than half of the whole stack's state: each preview reads, compares and sends all of it.
 */
export function withoutDescriptions(definition: ManifestObject): ManifestObject {
  const { spec } = definition as ManifestObject & {
    readonly spec: { readonly versions: readonly object[] };
  };
  const versions = spec.versions.map((version) => {
    const { schema } = version as { schema?: { openAPIV3Schema: object } };
    if (schema === undefined) return version;
    return { ...version, schema: { openAPIV3Schema: bare(schema.openAPIV3Schema) } };
  });
  return { ...definition, spec: { ...spec, versions } };
}

/** Keywords whose values are schemas by name, where "description" is a field like any other. */
const BY_NAME = ['properties', 'patternProperties', 'definitions', 'dependencies'];
/** Keywords whose values are schemas or lists of them. */
const SCHEMAS = ['items', 'additionalProperties', 'allOf', 'anyOf', 'oneOf', 'not'];

function bare(schema: unknown): unknown {
  if (Array.isArray(schema)) return (schema as unknown[]).map(bare);
  if (typeof schema !== 'object' || schema === null) return schema;
  return mapValues(without(schema, 'description'), (value, keyword) => {
    if (SCHEMAS.includes(keyword)) return bare(value);
    return BY_NAME.includes(keyword) ? mapValues(value as object, bare) : value;
  });
}

function mapValues(object: object, change: (value: unknown, key: string) => unknown): object {
  const entries = Object.entries(object) as [string, unknown][];
  return Object.fromEntries(entries.map(([key, value]) => [key, change(value, key)]));
}
