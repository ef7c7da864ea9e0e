import { expect, test } from '@jest/globals';

import { judge, judgeStack } from '../../policies/judge.ts';
import { makeStack, type Resource } from '../../policies/resource.ts';
import type { Context, Rule } from '../../policies/rule.ts';
import { rules } from '../../policies/rules/index.ts';
import { tested } from './cases/index.ts';
import { HOLDERS } from './good.ts';
import {
  defaultsOf,
  reported,
  resourceOf,
  TODAY,
  unknownObject,
  unknownString,
  type Json,
} from './support.ts';

/** A small linear congruential generator, so that a failure can be repeated. */
function generator(seed: number) {
  let state = seed;
  return (below: number) => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return Math.floor((state / 2 ** 31) * below);
  };
}

const subjects = tested.flatMap(({ cases }) => cases.flatMap((one) => one.subjects));
const types = [...new Set([...HOLDERS.map(({ type }) => type), ...subjects.map((s) => s.type)])];
/** Every key that a rule was ever shown. */
const keys = [...new Set(subjects.flatMap(({ props }) => [...keysOf(props)]))];
const oddities = [null, undefined, true, 7, -1, '', 'ALL', '*', unknownString, unknownObject];

function* keysOf(node: unknown): Generator<string> {
  if (typeof node !== 'object' || node === null) return;
  for (const [key, child] of Object.entries(node)) {
    if (!Array.isArray(node)) yield key;
    yield* keysOf(child);
  }
}

function junk(next: (below: number) => number, depth: number): unknown {
  const kind = next(depth > 0 ? 3 : 1);
  if (kind === 0) return oddities[next(oddities.length)];
  if (kind === 1) return Array.from({ length: next(3) }, () => junk(next, depth - 1));
  return Object.fromEntries(
    Array.from({ length: next(5) }, () => [keys[next(keys.length)], junk(next, depth - 1)]),
  );
}

/** A copy with one part replaced by junk. */
function damaged(node: unknown, next: (below: number) => number, depth: number): unknown {
  if (typeof node !== 'object' || node === null || next(6) === 0) return junk(next, depth);
  const entries = Object.entries(node as Json);
  const hit = next(entries.length);
  const copy = entries.map(([key, child], index) => [
    key,
    index === hit ? damaged(child, next, depth) : child,
  ]);
  return Array.isArray(node)
    ? copy.map(([, child]) => child)
    : Object.fromEntries(copy as [string, unknown][]);
}

const asObject = (value: unknown): Json =>
  typeof value === 'object' && value !== null ? (value as Json) : {};

const contextOf = (rule: Rule): Context => ({
  setting: defaultsOf(rule),
  settingsOf: defaultsOf,
  stack: 'local',
  today: TODAY,
  waivers: [],
  rules,
});

test('no input, however broken, makes a rule throw: that would stop every deployment', () => {
  const next = generator(42);
  const last: Resource[] = [];
  for (let run = 0; run < 3_000; run += 1) {
    const like = subjects[next(subjects.length)];
    const made = next(2) === 0 ? junk(next, 6) : damaged(like?.props, next, 3);
    const type = next(3) === 0 ? types[next(types.length)] : like?.type;
    const subject = { type: type ?? 'kubernetes:core/v1:Pod', props: asObject(made) };
    last.splice(0, last.length, ...last.slice(-2), resourceOf({ ...subject, name: `r${run}` }));
    const stack = makeStack(last);
    for (const rule of rules) {
      try {
        rule.check?.(stack.resources.at(-1) as Resource, contextOf(rule));
        rule.checkStack?.(stack, contextOf(rule));
      } catch (error) {
        throw new Error(`${rule.id} throws for ${JSON.stringify(subject)}`, { cause: error });
      }
    }
  }
});

test('the order of the resources changes nothing', () => {
  const next = generator(7);
  const stack = tested.flatMap(({ cases }) => cases.slice(0, 3).flatMap((one) => one.subjects));
  const resources = stack.map((one, index) => resourceOf({ ...one, name: `r${index}` }));
  const judged = (order: readonly Resource[]) =>
    rules.map((rule) =>
      [
        ...order.flatMap((resource) => judge(rule, resource, contextOf(rule))),
        ...judgeStack(rule, makeStack(order), contextOf(rule)),
      ]
        .map(({ urn, message }) => `${urn} ${message}`)
        .sort(),
    );
  const expected = judged(resources);
  for (let run = 0; run < 20; run += 1) {
    const order = resources
      .map((resource) => ({ resource, at: next(1_000_000) }))
      .sort((one, other) => one.at - other.at);
    expect(judged(order.map(({ resource }) => resource))).toEqual(expected);
  }
});

/** Values that name things in messages; every other one may be a secret. */
const NAMES = ['name', 'namespace'];

test('no message shows the value of a property', () => {
  const canary = 'canary-4711';
  const marked = (node: unknown, key = ''): unknown => {
    if (typeof node === 'string') return NAMES.includes(key) ? node : `${node}${canary}`;
    if (Array.isArray(node)) return node.map((child) => marked(child));
    if (typeof node !== 'object' || node === null) return node;
    return Object.fromEntries(
      Object.entries(node).map(([name, child]) => [name, marked(child, name)]),
    );
  };
  let messages = 0;
  for (const { rule, cases } of tested) {
    for (const { subjects: stack, settings, shows } of cases) {
      if (shows === 'holder') continue;
      const secret = stack.map((one) => ({ ...one, props: marked(one.props) as Json }));
      for (const { message } of reported(rule, secret, { ...(settings && { settings }) })) {
        messages += 1;
        expect(message).not.toContain(canary);
      }
    }
  }
  expect(messages).toBeGreaterThan(100);
});
