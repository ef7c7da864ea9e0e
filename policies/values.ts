import { UnknownValueError } from '@pulumi/policy';

/** Stands for a value that the preview cannot know yet. */
export const UNKNOWN: unique symbol = Symbol('unknown');

/** A resource property after `snapshot`: JSON, except that any part may be `UNKNOWN`. */
export type Value =
  | string
  | number
  | boolean
  | null
  | undefined
  | typeof UNKNOWN
  | readonly Value[]
  | { readonly [key: string]: Value };

/**
 * A copy in which unknown parts are marked. Reading one directly throws, and the SDK then drops the
 * whole check to an advisory note: a mandatory rule would pass the preview.
 */
export function snapshot(read: () => unknown): Value {
  let value: unknown;
  try {
    value = read();
  } catch (error) {
    if (error instanceof UnknownValueError) return UNKNOWN;
    throw error;
  }
  if (Array.isArray(value)) {
    const list = value as unknown[];
    return Array.from({ length: list.length }, (_, index) => snapshot(() => list[index]));
  }
  if (typeof value === 'object' && value !== null) {
    const object = value as Record<string, unknown>;
    return Object.fromEntries(Object.keys(object).map((key) => [key, snapshot(() => object[key])]));
  }
  const plain = ['string', 'number', 'boolean'].includes(typeof value) || value === null;
  return plain ? (value as Value) : undefined;
}

/** The part at a path of keys. `UNKNOWN` as soon as one step is; `undefined` when one is absent. */
export function at(value: Value, ...path: readonly (string | number)[]): Value {
  let current = value;
  for (const key of path) {
    if (current === UNKNOWN) return UNKNOWN;
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, key)) {
      return undefined;
    }
    current = (current as Readonly<Record<string | number, Value>>)[key];
  }
  return current ?? undefined;
}

/** The entries of a list. `UNKNOWN` when the list is; none when it is absent or no list. */
export function entries(value: Value): readonly Value[] | typeof UNKNOWN {
  if (value === UNKNOWN) return UNKNOWN;
  return Array.isArray(value) ? (value as readonly Value[]) : [];
}

/** The fields of an object. `UNKNOWN` when it is; none when it is absent or no object. */
export function fields(value: Value): readonly (readonly [string, Value])[] | typeof UNKNOWN {
  if (value === UNKNOWN) return UNKNOWN;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  return Object.entries(value);
}

/** The text, or `otherwise` when the value is anything else. */
export function text<T>(value: Value, otherwise: T): string | T {
  return typeof value === 'string' ? value : otherwise;
}
