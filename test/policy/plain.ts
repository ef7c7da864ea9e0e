import type { Rule } from '../../policies/rule.ts';
import { broken, change, field, isUnknown, unverified, type Case } from './table.ts';
import { unknownObject, type Subject } from './support.ts';

/** A field of a good stack whose bad values all have one problem: so have other types and unknown. */
export function plainField(
  rule: Rule,
  base: readonly Subject[],
  path: string,
  good: readonly unknown[],
  bad: readonly unknown[],
  problem: string,
  of = 0,
): readonly Case[] {
  return field(rule, {
    base,
    of,
    field: path,
    good,
    bad: bad.map((value) => [value, problem] as const),
    wrong: problem,
    unknown: [[path, path]],
  });
}

/** The stack with one field of one resource changed. */
export function changed(
  base: readonly Subject[],
  path: string,
  value: unknown,
  of = 0,
): readonly Subject[] {
  return base.map((one, index) =>
    index === of ? { ...one, props: change(one.props, path, value) } : one,
  );
}

/** Cases of a stack that lacks a companion, which may also be there under an unknown name. */
export function companion(
  rule: Rule,
  base: readonly Subject[],
  of: number,
  place: string,
  problem: string,
  link: string,
): readonly Case[] {
  const message = broken(rule, `${problem} (${place})`);
  const without = base.filter((_, index) => index !== of);
  const made = (shows: Case['shows'], value: unknown): Case => ({
    title: `the companion names ${value === undefined ? 'nothing' : JSON.stringify(value)}`,
    subjects: changed(base, link, value, of),
    messages: [message],
    shows,
  });
  return [
    { title: 'without its companion', subjects: without, messages: [message], shows: 'fail' },
    made('null', null),
    made('empty', ''),
    made('wrong type', 7),
    made('fail', 'another'),
    isUnknown(
      'the companion may be for it',
      unverified(rule, place),
      ...changed(base, link, unknownObject, of),
    ),
  ];
}
