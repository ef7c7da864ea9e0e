import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { allowances } from '../../policies/allowances.ts';
import { rules } from '../../policies/rules/index.ts';
import { startAnalyzer, type Analyzer } from './analyzer.ts';
import { tested } from './cases/index.ts';
import { deploymentOf } from './good.ts';
import { change } from './table.ts';
import { resourceOf, unknownString, type Subject } from './support.ts';

let analyzer: Analyzer;
beforeAll(async () => {
  analyzer = await startAnalyzer();
}, 30_000);
afterAll(() => analyzer.stop());

test('the engine is told of every rule under its own name', async () => {
  const policies = await analyzer.policies();
  expect([...policies.keys()]).toEqual(rules.map(({ name }) => name));
});

/** The pack really lets some objects pass, which the cases happen to name too. */
const isWaived = (rule: string, subject: Subject) =>
  allowances.some((one) => one.rule === rule && one.object === resourceOf(subject).object);

/** Two of each kind: the rules themselves are tested without a process. */
const sample = tested.flatMap(({ rule, cases }) =>
  (['pass', 'fail', 'unknown'] as const).flatMap((shows) =>
    cases
      .filter((one) => one.shows === shows && one.settings === undefined)
      .filter(({ subjects }) => !subjects.some((one) => isWaived(rule.id, one)))
      .slice(0, 2)
      .map((one) => ({ rule, ...one })),
  ),
);

test('what the rules find arrives at the engine: each under its rule, with its resource', async () => {
  expect(sample.length).toBeGreaterThan(rules.length * 4);
  for (const { rule, title, subjects, messages } of sample) {
    const byResource = rule.check ? await Promise.all(subjects.map(analyzer.analyze)) : [];
    const byStack = rule.checkStack ? await analyzer.analyzeStack(subjects) : [];
    const all = [...byResource.flat(), ...byStack];
    const own = all.filter(({ policy }) => policy === rule.name);
    // The engine puts words of its own before an advisory message about an unknown value.
    expect([rule.id, title, own.length]).toEqual([rule.id, title, messages.length]);
    for (const [index, message] of messages.entries())
      expect(own[index]?.message).toContain(message);
  }
}, 60_000);

const good = deploymentOf();
const field = 'spec.template.spec.containers[0].securityContext.privileged';
const privileged = { ...good, props: change(good.props, field, true) };

test('an unknown value does not hide a violation beside it', async () => {
  const props = change(privileged.props, 'metadata.labels', { tier: unknownString });
  const found = await analyzer.analyze({ ...privileged, props });
  expect(found.filter(({ policy }) => policy === 'pod-01-privileged')).toHaveLength(1);
});

test('a user may switch a rule off', async () => {
  await analyzer.configure({ 'pod-01-privileged': { level: 'disabled', settings: {} } });
  const found = await analyzer.analyze(privileged);
  expect(found.map(({ policy }) => policy)).not.toContain('pod-01-privileged');
  await analyzer.configure({});
});
