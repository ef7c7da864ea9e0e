import { z } from 'zod';

/** Removes `optional` and `default`, which say nothing about the shape. */
export function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault) {
    return unwrap(schema.unwrap());
  }
  return schema;
}

/** The branch of a union that the value means: by its discriminator, else the group of settings. */
function branch(union: z.ZodUnion, value: unknown): z.core.$ZodType | undefined {
  const objects = union.options.filter((option) => option instanceof z.ZodObject);
  const matching = objects.find((option) => {
    const kind: unknown = option.shape['kind'];
    if (!(kind instanceof z.ZodLiteral) || typeof value !== 'object' || value === null)
      return false;
    return kind.values.has((value as Record<string, unknown>)['kind'] as string);
  });
  return matching ?? objects[0];
}

/**
 * The schema of the setting at `path`, or `undefined` when there is none.
 * `value` is the whole input: it decides between the branches of a union.
 */
export function schemaAt(
  root: z.core.$ZodType,
  path: readonly PropertyKey[],
  value?: unknown,
): z.core.$ZodType | undefined {
  let schema: z.core.$ZodType | undefined = root;
  let here: unknown = value;
  for (const part of path) {
    const inner: z.core.$ZodType | undefined =
      schema === undefined ? undefined : step(unwrap(schema), part, here);
    schema = inner;
    here =
      typeof here === 'object' && here !== null
        ? (here as Record<PropertyKey, unknown>)[part]
        : undefined;
  }
  if (schema === undefined) return undefined;
  const found = unwrap(schema);
  return found instanceof z.ZodUnion && typeof here === 'object'
    ? (branch(found, here) ?? schema)
    : schema;
}

function step(
  schema: z.core.$ZodType,
  part: PropertyKey,
  value: unknown,
): z.core.$ZodType | undefined {
  if (schema instanceof z.ZodObject) return schema.shape[String(part)] as z.core.$ZodType;
  if (schema instanceof z.ZodArray) return schema.element;
  if (schema instanceof z.ZodUnion) {
    const option = branch(schema, value);
    return option === undefined ? undefined : step(option, part, value);
  }
  return undefined;
}
