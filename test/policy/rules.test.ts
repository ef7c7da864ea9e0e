import { expect, test } from '@jest/globals';

import type { Severity } from '../../policies/rule.ts';
import { rules } from '../../policies/rules/index.ts';
import type { Exception } from '../../policies/waivers.ts';
import { ids, tested } from './cases/index.ts';
import { reported, resourceOf, TODAY, urnOf } from './support.ts';
import type { Shows } from './table.ts';

const all = tested.flatMap(({ id, rule, cases }) => cases.map((one) => ({ id, rule, ...one })));

test.each(all)('$id, $shows: $title', ({ rule, subjects, messages, settings }) => {
  const found = reported(rule, subjects, { ...(settings && { settings }) });
  expect(found.map(({ message }) => message)).toEqual(messages);
});

test.each(tested)('$id stops the update where it is grave, and advises where not', (entry) => {
  const { rule, cases } = entry;
  const grave: Readonly<Record<Severity, readonly Shows[]>> = {
    low: [],
    medium: ['fail'],
    high: ['fail', 'unknown'],
    critical: ['fail', 'unknown'],
  };
  const mandatory = rule.knownLater === true ? ['fail'] : grave[rule.severity];
  for (const { shows, subjects, settings } of cases.filter(({ messages }) => messages.length > 0)) {
    if (shows !== 'fail' && shows !== 'unknown') continue;
    const level = mandatory.includes(shows) ? 'mandatory' : 'advisory';
    for (const one of reported(rule, subjects, { ...(settings && { settings }) })) {
      expect(one.level).toBe(level);
    }
  }
});

test.each(tested)('$id lets an exempt object pass until its last day, and no other', (entry) => {
  const { rule } = entry;
  const bad = entry.cases.find(({ shows, messages }) => shows === 'fail' && messages.length === 1);
  const [message = ''] = bad?.messages ?? [];
  const settings = bad?.settings && { settings: bad.settings };
  const judged = (...waivers: Exception[]) =>
    reported(rule, bad?.subjects ?? [], { waivers, ...settings });
  const [first] = judged();
  const subject = bad?.subjects.find((one) => urnOf(one) === first?.urn);
  if (subject === undefined) throw new Error(`${entry.id} has no failing case`);
  const { object } = resourceOf(subject);
  const exempt: Exception = {
    rule: rule.id,
    object,
    places: 1000,
    owner: 'platform team',
    since: '2026-11-01',
    until: TODAY,
    reason: 'a test',
  };
  const messages = (exception: Exception) => judged(exception).map((one) => one.message);
  expect(messages(exempt)).toEqual([]);
  expect(messages({ ...exempt, stacks: ['local'] })).toEqual([]);
  expect(messages({ ...exempt, stacks: ['prod'] })).toEqual([message]);
  expect(messages({ ...exempt, object: `${object}-2` })).toEqual([message]);
  expect(messages({ ...exempt, rule: 'POD-99' })).toEqual([message]);
  expect(messages({ ...exempt, until: '2026-11-24' })).toEqual([
    `${message} The exception of platform team ended on 2026-11-24: renew it or end the need.`,
  ]);
  const [narrow = ''] = messages({ ...exempt, places: 0 });
  expect(narrow).toMatch(
    /It is waived for 0 of these \d+ places: mend the others or count them too/,
  );
});

const NEEDED: readonly Shows[] = ['pass', 'fail', 'unknown'];
/** Rules that look at the kind or the options alone: nothing in them can be unknown or odd. */
const BY_KIND = ['IAM-05', 'POD-21', 'PU-01', 'PU-02', 'PU-03', 'PU-04', 'PU-05'];
const ODD: readonly Shows[] = ['null', 'empty', 'wrong type'];

test('every rule is tested passing, failing, unknown, and with null, empty and wrong values', () => {
  const missing = tested.flatMap(({ id, cases }) =>
    (BY_KIND.includes(id) ? NEEDED.slice(0, 2) : [...NEEDED, ...ODD])
      .filter((kind) => !cases.some(({ shows }) => shows === kind))
      .map((kind) => `${id} has no case that shows: ${kind}`),
  );
  expect(missing).toEqual([]);
  expect([...ids].sort()).toEqual(tested.map(({ id }) => id).sort());
});

test('every rule about pods is tested in every kind that holds one', () => {
  const aboutPods = tested.filter(({ id }) => /^POD-(0|1[0-69])|^IMG-/.test(id));
  expect(aboutPods.length).toBeGreaterThan(3);
  for (const { id, cases } of aboutPods) {
    const holders = cases.filter(({ shows }) => shows === 'holder');
    expect([id, holders.length > 25]).toEqual([id, true]);
  }
});

test('every rule tells its reason and its remedy, under a name of its own', () => {
  expect(new Set(rules.map(({ name }) => name)).size).toBe(rules.length);
  expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length);
  for (const { id, name, title, why, fix, check, checkStack } of rules) {
    expect(name).toMatch(new RegExp(`^${id.toLowerCase()}-[a-z0-9-]+$`));
    for (const text of [title, why, fix]) expect([id, text.length > 20]).toEqual([id, true]);
    expect([id, check !== undefined || checkStack !== undefined]).toEqual([id, true]);
  }
});
