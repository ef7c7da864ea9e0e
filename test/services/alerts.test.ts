import { describe, expect, test } from '@jest/globals';

import { dashboards } from '../../components/metrics/dashboards/index.ts';
import { ruleGroups } from '../../components/metrics/rules/index.ts';
import { rulesOf, type Alert, type RuleGroup } from '../../components/metrics/rules/rule.ts';
import type { Situation } from './support/alerts/alert-case.ts';
import { alertCases } from './support/alerts/index.ts';
import { judge } from './support/alerts/promtool.ts';

/** Minutes. */
const HOUR = 60;
const keyOf = ({ alert, severity }: Alert) => `${alert}/${severity}`;
const asFile = (group: RuleGroup) => ({ groups: [{ name: group.name, rules: rulesOf(group) }] });

/** Labels that a text of the alert names: without one the message would have a hole. */
function namedLabels({ summary, description }: Alert): string[] {
  const names = [...`${summary} ${description}`.matchAll(/\$labels\.(\w+)/g)];
  return [...new Set(names.map(([, name]) => name ?? ''))];
}

/** Whether the alert fires with all the labels that its texts name. */
function fired(alert: Alert): string {
  const matchers = [
    `alertname="${alert.alert}"`,
    `severity="${alert.severity}"`,
    'alertstate="firing"',
    ...namedLabels(alert).map((name) => `${name}!=""`),
  ];
  return `(count(ALERTS{${matchers.join(',')}}) or vector(0)) > bool 0`;
}

function unitTest(alert: Alert, { series, at }: Situation, expected: boolean) {
  const content = {
    name: `${keyOf(alert)} ${expected ? 'fires' : 'stays silent'}`,
    interval: '1m',
    input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
    promql_expr_test: [
      {
        expr: fired(alert),
        eval_time: `${at}m`,
        exp_samples: [{ labels: '{}', value: expected ? 1 : 0 }],
      },
    ],
  };
  return { minutes: at, content };
}

describe.each(ruleGroups.map((group) => [group.name, group] as const))('%s', (_, group) => {
  test('every alert fires when it must and stays silent next to that', () => {
    const tests = group.alerts.flatMap((alert) => {
      const found = alertCases[keyOf(alert)];
      if (found === undefined) throw new Error(`${keyOf(alert)} has no case.`);
      const silent = found.silent === 'never' ? [] : [unitTest(alert, found.silent, false)];
      return [unitTest(alert, found.fires, true), ...silent];
    });
    // Hours are looked at in coarser steps, which takes a fifth of the time.
    const files = [
      { evaluation_interval: '1m', tests: tests.filter(({ minutes }) => minutes <= HOUR) },
      { evaluation_interval: '5m', tests: tests.filter(({ minutes }) => minutes > HOUR) },
    ];
    const written = files.map(({ evaluation_interval, tests: some }, index) => [
      `tests-${index}.json`,
      {
        rule_files: ['rules.json'],
        evaluation_interval,
        tests: some.map(({ content }) => content),
      },
    ]);
    const problems = judge('promtool', ['test', 'rules', 'tests-0.json', 'tests-1.json'], {
      'rules.json': asFile(group),
      ...(Object.fromEntries(written) as Record<string, unknown>),
    });
    expect(problems).toBe('');
  }, 60_000);
});

test('Prometheus understands every rule', () => {
  const rules = { groups: ruleGroups.flatMap((group) => asFile(group).groups) };
  expect(judge('promtool', ['check', 'rules', 'rules.json'], { 'rules.json': rules })).toBe('');
});

test('Prometheus understands every panel of the dashboards', () => {
  const rules = dashboards.flatMap(({ id, panels }) =>
    panels.flatMap(({ queries }, panel) =>
      queries.map(({ expr }, index) => ({ record: `${id}:panel_${panel}:query_${index}`, expr })),
    ),
  );
  const file = { groups: [{ name: 'dashboards', rules }] };
  expect(judge('promtool', ['check', 'rules', 'panels.json'], { 'panels.json': file })).toBe('');
});

test('no case is left of an alert that is gone', () => {
  const keys = ruleGroups.flatMap(({ alerts }) => alerts.map(keyOf));
  expect(Object.keys(alertCases).filter((key) => !keys.includes(key))).toEqual([]);
});
