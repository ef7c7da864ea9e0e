import { findings, type Verdict } from './findings.ts';
import type { Finding } from './rule.ts';
import { at, entries, UNKNOWN, type Value } from './values.ts';

/** API group of the Percona operator, whose only cluster kind is `PerconaServerMongoDB`. */
export const PSMDB = 'psmdb.percona.com';

/** Applies a check to every text of `mongod.conf` or `mongos.conf` in a MongoDB cluster. */
export function eachConfiguration(
  props: Value,
  check: (text: string) => Verdict,
): readonly Finding[] {
  const judge = (value: Value, path: string): readonly Finding[] => {
    if (value === undefined) return [];
    if (value === UNKNOWN) return findings(path, UNKNOWN);
    if (typeof value !== 'string') return findings(path, 'is no text');
    return findings(path, check(value.replaceAll(/^\s*#.*$/gm, '')));
  };
  const members = (set: Value, path: string) => [
    ...judge(at(set, 'configuration'), `${path}.configuration`),
    ...['nonvoting', 'hidden'].flatMap((kind) =>
      judge(at(set, kind, 'configuration'), `${path}.${kind}.configuration`),
    ),
  ];
  const sets = entries(at(props, 'spec', 'replsets'));
  return [
    ...(sets === UNKNOWN
      ? findings('spec.replsets', UNKNOWN)
      : sets.flatMap((set, index) => members(set, `spec.replsets[${index}]`))),
    ...['configsvrReplSet', 'mongos'].flatMap((part) =>
      judge(
        at(props, 'spec', 'sharding', part, 'configuration'),
        `spec.sharding.${part}.configuration`,
      ),
    ),
  ];
}

/** A pattern for a setting in YAML, in blocks or in braces. */
export function setting(name: string, ...values: readonly string[]): RegExp {
  return new RegExp(`\\b${name}["']?\\s*:\\s*["']?(${values.join('|')})\\b`, 'i');
}
