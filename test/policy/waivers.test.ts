import { describe, expect, test } from '@jest/globals';

import { allowances } from '../../policies/allowances.ts';
import { exceptions } from '../../policies/exceptions.ts';
import { privileged } from '../../policies/rules/pod-01-privileged.ts';
import { faultOf, waivers } from '../../policies/rules/pu-06-waivers.ts';
import { rules } from '../../policies/rules/index.ts';
import { concerns, type Waiver } from '../../policies/waivers.ts';
import { deploymentOf } from './good.ts';
import { reported, TODAY, type Subject } from './support.ts';
import { change } from './table.ts';

const good = deploymentOf();
const field = 'spec.template.spec.containers[0].securityContext.privileged';
const bad: Subject = { ...good, props: change(good.props, field, true) };
const exception: Waiver = {
  rule: 'POD-01',
  object: 'Deployment saas-app/api',
  places: 1,
  owner: 'platform team',
  since: '2026-11-01',
  until: TODAY,
  reason: 'The driver is not there yet.',
};

const about = (waiver: Waiver, ...subjects: Subject[]) =>
  reported(waivers, subjects, { waivers: [waiver] }).map(({ message }) => message);
const message = (problem: string) =>
  `PU-06: ${problem} (waiver of POD-01 for Deployment saas-app/api). ${waivers.fix}`;

test('an exception that is needed is fine', () => {
  expect(about(exception, bad)).toEqual([]);
  expect(reported(privileged, [bad], { waivers: [exception] })).toEqual([]);
});

test('an exception that is not needed any more is refused', () => {
  expect(about(exception, good)).toEqual([message('is not needed any more')]);
});

test('an exception that has ended is refused, and its violation is back', () => {
  const ended = { ...exception, until: '2026-11-24' };
  expect(about(ended, bad)).toEqual([message('has ended')]);
  expect(reported(privileged, [bad], { waivers: [ended] })).toHaveLength(1);
});

test('an exception for the object of another stack is left alone', () => {
  expect(about({ ...exception, stacks: ['prod'] }, good)).toEqual([]);
  expect(about({ ...exception, object: 'Deployment saas-app/other' }, good)).toEqual([]);
});

test('a waiver for the local stack holds on a cluster of the user too', () => {
  const local = { ...exception, stacks: ['local'] };
  const named = (stack: string) => concerns(local, 'POD-01', exception.object, stack);
  expect([named('local'), named('context-kind'), named('prod')]).toEqual([true, true, false]);
});

test('one waiver covers the places it counts, and no more', () => {
  const both = change(
    bad.props,
    'spec.template.spec.containers[1].securityContext.privileged',
    true,
  );
  const found = reported(privileged, [{ ...bad, props: both }], { waivers: [exception] });
  expect(found).toHaveLength(1);
  expect(found[0]?.message).toContain('It is waived for 1 of these 2 places');
});

test('a name that is made anew with each change may end in a star, and nothing else may', () => {
  const made = { ...good, props: change(bad.props, 'metadata.name', 'migrate-c8dcc36bfa') };
  const waived = (object: string) =>
    reported(privileged, [made], { waivers: [{ ...exception, object }] }).length === 0;
  expect(waived('Deployment saas-app/migrate-*')).toBe(true);
  expect(waived('Deployment saas-app/migrat*')).toBe(false);
});

describe.each([
  [{ rule: 'POD-99' }, 'is for a rule that does not exist'],
  [{ object: '*' }, 'names no single object'],
  [{ object: 'Deployment saas-*/api' }, 'names no single object'],
  [{ object: 'Deployment' }, 'names no single object'],
  [{ places: 0 }, 'covers no number of places'],
  [{ places: 1.5 }, 'covers no number of places'],
  [{ reason: 'later' }, 'gives no reason'],
  [{ owner: '' }, 'has no owner'],
  [{ until: '2027-11-01' }, 'does not end within 90 days'],
  [{ until: '2026-10-01' }, 'does not end within 90 days'],
  [{ until: 'never' }, 'does not end within 90 days'],
])('an exception with %j', (changes, fault) => {
  test(`is refused, because it ${fault}`, () => {
    const waiver = { ...exception, ...changes };
    expect(faultOf(waiver, rules)).toBe(fault);
    expect(about(waiver, bad)).toHaveLength(1);
  });
});

test('the exceptions and allowances of this repository are in order', () => {
  const faults = [...exceptions, ...allowances].flatMap((one) => faultOf(one, rules) ?? []);
  expect(faults).toEqual([]);
});
