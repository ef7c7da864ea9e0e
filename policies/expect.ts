import { findings } from './findings.ts';
import type { Resource } from './resource.ts';
import type { Finding, Rule } from './rule.ts';
import type { Match } from './selectors.ts';
import { at, entries, UNKNOWN, type Value } from './values.ts';

/** A field and what it must be. */
export interface Wanted {
  /** Path from the object, such as `spec.affinity.topologyKey`. */
  readonly field: string;
  /** Is not asked about an unknown value; an absent one is `undefined`. */
  readonly good: (value: Value) => Match;
  readonly problem: string;
}

/** Findings of the fields that are not as wanted; `under` is where the object is in the resource. */
export function expectFields(
  object: Value,
  wanted: readonly Wanted[],
  under = '',
): readonly Finding[] {
  return wanted.flatMap(({ field, good, problem }) => {
    const value = at(object, ...field.split('.'));
    const match = value === UNKNOWN ? UNKNOWN : good(value);
    const path = under === '' ? field : `${under}.${field}`;
    return findings(path, match === UNKNOWN ? UNKNOWN : match ? undefined : problem);
  });
}

/** Applies a check to each entry of a list at a path of the object. */
export function eachEntry(
  object: Value,
  field: string,
  check: (entry: Value, path: string) => readonly Finding[],
): readonly Finding[] {
  const list = entries(at(object, ...field.split('.')));
  if (list === UNKNOWN) return findings(field, UNKNOWN);
  return list.flatMap((entry, index) => {
    const path = `${field}[${index}]`;
    return entry === UNKNOWN ? findings(path, UNKNOWN) : check(entry, path);
  });
}

/** Whether a resource is, holds several of, or is a part of an object of one of these kinds. */
export function isKind({ kind }: Resource, group: string, ...kinds: readonly string[]): boolean {
  return kind?.group === group && kinds.includes(kind.kind);
}

/** Whether a resource is one whole object of one of these kinds. */
export function isA(resource: Resource, group: string, ...kinds: readonly string[]): boolean {
  return resource.kind?.form === '' && isKind(resource, group, ...kinds);
}

/** A check for objects of some kinds of one API group. */
export function forKinds(
  group: string,
  kinds: readonly string[],
  check: NonNullable<Rule['check']>,
): NonNullable<Rule['check']> {
  return (resource, context) => (isA(resource, group, ...kinds) ? check(resource, context) : []);
}

export const is =
  (...values: readonly Value[]) =>
  (value: Value): boolean =>
    values.includes(value);

export const isNot =
  (...values: readonly Value[]) =>
  (value: Value): boolean =>
    !values.includes(value);

export const isAtLeast =
  (least: number) =>
  (value: Value): boolean =>
    typeof value === 'number' && value >= least;

export const isText = (value: Value): boolean => typeof value === 'string' && value !== '';
