import { expect, test } from '@jest/globals';

import { exceptions, type Exception } from '../../policies/exceptions.ts';
import { rules } from '../../policies/rules/index.ts';
import { cases, type RuleCases } from './cases.ts';
import { container, DEPLOYMENT, deployment, HOLDERS, TODAY, violations } from './support.ts';

const NONE: RuleCases = { passes: [], fails: [], unknown: [] };
const all = rules.map((rule) => ({ id: rule.id, rule, own: cases[rule.id] ?? NONE }));
const list = (kind: keyof RuleCases) =>
  all.flatMap(({ id, rule, own }) => own[kind].map((one) => ({ id, rule, ...one })));
type Failing = RuleCases['fails'][number];

test.each(list('passes'))('$id accepts $title', ({ rule, type, props }) => {
  expect(violations(rule, type, props)).toEqual([]);
});

test.each(list('fails') as (Failing & (typeof all)[number])[])(
  '$id refuses $title, and says how to mend it',
  ({ rule, type, props, message }) => {
    expect(violations(rule, type, props)).toEqual([message]);
  },
);

test.each(list('unknown') as (RuleCases['unknown'][number] & (typeof all)[number])[])(
  '$id refuses to vouch for $title while the preview does not know it',
  ({ id, rule, type, props, path }) => {
    expect(violations(rule, type, props)).toEqual([
      `${id}: cannot be checked, because the preview does not know ${path}. Give it a value that does not come from another resource.`,
    ]);
  },
);

test.each(all)('$id holds for init and ephemeral containers too', ({ rule }) => {
  // This container breaks every rule.
  const bad = { name: 'bad', image: 'redis', securityContext: { privileged: true } };
  for (const kind of ['containers', 'initContainers', 'ephemeralContainers']) {
    const spec = { containers: [container()], [kind]: [bad] };
    expect(violations(rule, DEPLOYMENT, deployment(spec))).toHaveLength(1);
  }
});

const everywhere = all.flatMap(({ id, rule }) =>
  HOLDERS.map(([type, wrap, path]) => ({ id, rule, type, wrap, path })),
);
test.each(everywhere)('$id finds the pods of $type', ({ rule, type, wrap, path }) => {
  const bad = { name: 'bad', image: 'redis', securityContext: { privileged: true } };
  const [message, ...more] = violations(rule, type, wrap({ containers: [bad] }));
  expect(message).toContain(`(${path}.containers[0]`);
  expect(more).toEqual([]);
  expect(violations(rule, type, wrap({ containers: [container()] }))).toEqual([]);
});

test.each(all)('$id lets an exempt object pass until its last day, and no other', (entry) => {
  const [bad] = entry.own.fails;
  if (bad === undefined) throw new Error(`${entry.id} has no failing case`);
  const { rule } = entry;
  const exempt: Exception = {
    rule: rule.id,
    object: 'Deployment saas-app/api',
    owner: 'platform team',
    reason: 'a test',
    until: TODAY,
  };
  const judged = (exception: Exception) => violations(rule, bad.type, bad.props, [exception]);
  expect(judged(exempt)).toEqual([]);
  expect(judged({ ...exempt, object: 'Deployment saas-app/web' })).toEqual([bad.message]);
  expect(judged({ ...exempt, object: 'DaemonSet saas-app/api' })).toEqual([bad.message]);
  expect(judged({ ...exempt, rule: 'POD-99' })).toEqual([bad.message]);
  expect(judged({ ...exempt, until: '2026-11-24' })).toEqual([
    `${bad.message} The exception of platform team ended on 2026-11-24: renew it or end the need.`,
  ]);
});

test('every rule is tested passing, failing, unknown and exempt', () => {
  for (const { own } of all) {
    expect(own.passes.length).toBeGreaterThan(0);
    // The first failing case is also the exempt one.
    expect(own.fails.length).toBeGreaterThan(0);
    expect(own.unknown.length).toBeGreaterThan(0);
  }
  expect(Object.keys(cases).sort()).toEqual(rules.map(({ id }) => id).sort());
});

test('every rule tells its reason and its remedy, under a name of its own', () => {
  expect(new Set(rules.map(({ name }) => name)).size).toBe(rules.length);
  for (const { id, name, title, why, fix } of rules) {
    expect(name.startsWith(`${id.toLowerCase()}-`)).toBe(true);
    for (const text of [title, why, fix]) expect(text.length).toBeGreaterThan(20);
  }
});

test('every exception names a rule, an object, an owner, a reason and its last day', () => {
  const ids = new Set(rules.map(({ id }) => id));
  for (const { rule, object, owner, reason, until } of exceptions) {
    expect(ids).toContain(rule);
    expect(object).toMatch(/^\w+ [a-z0-9-]+\/[a-z0-9.-]+$/);
    expect(owner).not.toBe('');
    expect(reason.length).toBeGreaterThan(20);
    expect(until).toMatch(/^\d{4}-\d{2}-\d{2}$/);
  }
});

/** A small linear congruential generator, so that a failure can be repeated. */
function generator(seed: number) {
  let state = seed;
  return (below: number) => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return Math.floor((state / 2 ** 31) * below);
  };
}

const KEYS = [
  'metadata', 'name', 'spec', 'template', 'jobTemplate', 'items', 'containers', 'initContainers',
  'securityContext', 'capabilities', 'drop', 'add', 'image', 'volumes', 'imageName', 'pgbouncer',
]; // prettier-ignore

function junk(next: (below: number) => number, depth: number): unknown {
  const kind = next(depth > 0 ? 9 : 5);
  if (kind < 5) return [null, undefined, true, 7, 'ALL'][kind];
  if (kind === 5) return Array.from({ length: next(3) }, () => junk(next, depth - 1));
  const keys = Array.from({ length: next(5) }, () => KEYS[next(KEYS.length)] ?? 'spec');
  return Object.fromEntries(keys.map((key) => [key, junk(next, depth - 1)]));
}

test('no input, however broken, makes a rule throw: that would stop every deployment', () => {
  const next = generator(42);
  const types = HOLDERS.map(([type]) => type).concat('kubernetes:postgresql.cnpg.io/v1:Cluster');
  for (let run = 0; run < 2000; run += 1) {
    const props = junk(next, 8);
    const type = types[next(types.length)] ?? DEPLOYMENT;
    const object = (typeof props === 'object' && props !== null ? props : {}) as Record<
      string,
      unknown
    >;
    for (const rule of rules) expect(() => violations(rule, type, object)).not.toThrow();
  }
});
